package dev.caravan.emulator.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Bounds that a description tells because the provider's part of JSON Schema has no keyword for them, as clients write
 * them: a JSON object of keywords at its end. A model that reads descriptions keeps to them.
 */
final class ToldBounds {
    private static final int MAX_TRIES = 8;
    private static final Set<String> BOUNDS = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties");

    private ToldBounds() {}

    /** The bounds; empty when none are told. */
    static ObjectNode in(String description) {
        int tries = 0;
        for (int at = description.indexOf('{'); at >= 0 && tries < MAX_TRIES; at = description.indexOf('{', at + 1)) {
            tries++;
            JsonNode told = parse(description.substring(at));
            if (told instanceof ObjectNode bounds) {
                return bounds.deepCopy().retain(BOUNDS);
            }
        }
        return Json.object();
    }

    private static JsonNode parse(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            // Prose with a brace.
            return null;
        }
    }
}
