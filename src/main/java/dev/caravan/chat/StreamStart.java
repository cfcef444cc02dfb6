package dev.caravan.chat;

/**
 * What is known when an answer begins to come.
 *
 * @param id id of the reply
 * @param model the id that was called, profile prefix included
 * @param provider the provider's name, {@code bedrock}
 * @param emulated whether the embedded Bedrock answers
 */
public record StreamStart(String id, String model, String provider, boolean emulated) {}
