package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/**
 * A tool that the model may call.
 *
 * @param name {@code [a-zA-Z0-9_-]{1,64}}
 * @param description what it is for; null when absent
 * @param inputSchema JSON Schema of its input, of type object; never changed by whoever holds it
 */
public record Tool(String name, String description, JsonNode inputSchema) {
    public Tool {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(inputSchema, "inputSchema");
    }
}
