/**
 * One class per wire format that the emulator speaks: it checks a body with the service's words, reads it into a
 * neutral conversation, and writes the neutral answer, in one piece or as the events of a stream. The listing of this
 * package is what is emulated.
 */
package dev.caravan.emulator.family;
