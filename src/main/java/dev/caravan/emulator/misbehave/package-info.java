/** What the emulator was told to do instead of answering: the keys, their grammar and their rules. */
package dev.caravan.emulator.misbehave;
