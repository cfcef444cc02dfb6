package dev.caravan.client;

import dev.caravan.chat.LlmReply;
import java.util.Objects;

/**
 * An answer as a value, with all that is known of it.
 *
 * @param value what was asked for
 * @param reply the whole reply: {@code data()} is the JSON that the value was read from, {@code validation()} tells how it
 *     came to be valid, {@code usage()} counts all calls
 */
public record StructuredReply<T>(T value, LlmReply reply) {
    public StructuredReply {
        Objects.requireNonNull(reply, "reply");
    }
}
