package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.Block;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;

/** Reads a call of a tool. */
final class ToolCalls {
    private ToolCalls() {}

    /**
     * @param input an object; absent, null or an empty text for a call without arguments
     * @throws LlmException {@code provider_error} without id or name, or with another input
     */
    static Block.ToolUse read(JsonNode id, JsonNode name, JsonNode input) {
        if (!id.isTextual() || !name.isTextual()) {
            throw ReplyReading.unreadable("it calls a tool without id or name", null);
        }
        boolean none = input.isMissingNode()
                || input.isNull()
                || input.isTextual() && input.textValue().isBlank();
        if (!none && !input.isObject()) {
            throw ReplyReading.unreadable("it calls a tool with an input that is no object", null);
        }
        return new Block.ToolUse(
                Texts.wellFormed(id.textValue()),
                Texts.wellFormed(name.textValue()),
                none ? Json.object() : wellFormed(input));
    }

    /** The same value with text that can be written as UTF-8. */
    private static JsonNode wellFormed(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(Texts.wellFormed(node.textValue()));
        }
        if (node.isArray()) {
            ArrayNode array = Json.object().arrayNode();
            node.forEach(each -> array.add(wellFormed(each)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = Json.object();
            node.properties()
                    .forEach(field -> object.set(Texts.wellFormed(field.getKey()), wellFormed(field.getValue())));
            return object;
        }
        return node;
    }
}
