package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the input of a tool's call, whatever the manner of the call. */
final class ToolCalls {
    private ToolCalls() {}

    /**
     * The input as an object: itself, or what its text spells. Absent, null and blank ones are {@code {}}.
     *
     * @return null when it is anything else, or has half a surrogate pair in a key or text: no UTF-8 can carry that, and
     *     to replace it would alter an order, or make one key of two
     */
    static JsonNode object(JsonNode input) {
        if (input.isObject()) {
            return isWellFormed(input) ? input : null;
        }
        if (isAbsent(input)) {
            return Json.object();
        }
        if (!input.isTextual() || !isWellFormed(input)) {
            return null;
        }
        try {
            JsonNode read = Json.read(input.textValue().getBytes(StandardCharsets.UTF_8));
            return read.isObject() && isWellFormed(read) ? read : null;
        } catch (JsonProcessingException e) {
            // Then the text itself is what the caller sees.
            return null;
        }
    }

    /** Whether nothing was written in the input's place. */
    static boolean isAbsent(JsonNode input) {
        return input.isMissingNode()
                || input.isNull()
                || input.isTextual() && input.textValue().isBlank();
    }

    /** An input as it was written, halves of surrogate pairs as the escapes that spelled them; empty for an absent one. */
    static String written(JsonNode input) {
        if (isAbsent(input)) {
            return "";
        }
        String text = input.isTextual() ? input.textValue() : input.toString();
        StringBuilder spelled = new StringBuilder(text);
        for (int lone = Texts.loneSurrogate(text, 0); lone >= 0; lone = Texts.loneSurrogate(spelled, lone)) {
            String escape = String.format(Locale.ROOT, "\\u%04x", (int) spelled.charAt(lone));
            spelled.replace(lone, lone + 1, escape);
        }
        return spelled.toString();
    }

    private static boolean isWellFormed(JsonNode node) {
        if (node.isTextual()) {
            return isWellFormed(node.textValue());
        }
        if (node.isObject()) {
            return node.properties().stream()
                    .allMatch(member -> isWellFormed(member.getKey()) && isWellFormed(member.getValue()));
        }
        for (JsonNode element : node) {
            if (!isWellFormed(element)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWellFormed(String text) {
        return Texts.loneSurrogate(text, 0) < 0;
    }
}
