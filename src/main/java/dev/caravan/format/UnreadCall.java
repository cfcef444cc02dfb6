package dev.caravan.format;

import java.util.Objects;

/**
 * A call of a tool whose input is no sound JSON object, so that nobody can run it.
 *
 * @param id ties the call to its result
 * @param name the tool's name
 * @param input what was written in the input's place, as it came; empty when there was none
 */
public record UnreadCall(String id, String name, String input) {
    public UnreadCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(input, "input");
    }
}
