/**
 * The made-up model behind every wire format: it reads a neutral {@link dev.caravan.emulator.answer.Conversation} and
 * gives the same {@link dev.caravan.emulator.answer.Answer} to the same question, each time.
 */
package dev.caravan.emulator.answer;
