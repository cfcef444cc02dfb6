/** Streams on the wire: an answer's events as frames, and what of them is sent when a stream is told to go wrong. */
package dev.caravan.emulator.stream;
