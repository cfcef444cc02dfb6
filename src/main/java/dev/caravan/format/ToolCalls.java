package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;

/** Reads the input of a tool's call, whatever the manner of the call. */
final class ToolCalls {
    private ToolCalls() {}

    /**
     * The input as an object: itself, or what its text spells. Absent, null and blank ones are {@code {}}.
     *
     * @return null when it is anything else
     */
    static JsonNode object(JsonNode input) {
        if (input.isObject()) {
            return wellFormed(input);
        }
        if (input.isMissingNode() || input.isNull()) {
            return Json.object();
        }
        if (!input.isTextual()) {
            return null;
        }
        if (input.textValue().isBlank()) {
            return Json.object();
        }
        try {
            JsonNode read = Json.read(input.textValue().getBytes(StandardCharsets.UTF_8));
            return read.isObject() ? wellFormed(read) : null;
        } catch (JsonProcessingException e) {
            // Then the text itself is what the caller sees.
            return null;
        }
    }

    /** The same with each half of a surrogate pair, which an escape can spell and no UTF-8, replaced. */
    private static JsonNode wellFormed(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(Texts.wellFormed(node.textValue()));
        }
        if (node.isArray()) {
            ArrayNode mended = Json.object().arrayNode();
            node.forEach(element -> mended.add(wellFormed(element)));
            return mended;
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode mended = Json.object();
        node.properties()
                .forEach(member -> mended.set(Texts.wellFormed(member.getKey()), wellFormed(member.getValue())));
        return mended;
    }
}
