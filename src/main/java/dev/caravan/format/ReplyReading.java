package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.StopReason;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.util.EnumSet;
import java.util.Set;

/** What reading has in common for all formats. */
final class ReplyReading {
    /** Reasons that explain a reply without text. */
    private static final Set<StopReason> MAY_BE_EMPTY = EnumSet.of(
            StopReason.MAX_TOKENS,
            StopReason.STOP_SEQUENCE,
            StopReason.TOOL_USE,
            StopReason.REFUSAL,
            StopReason.CONTENT_FILTERED,
            StopReason.GUARDRAIL_INTERVENED);

    private ReplyReading() {}

    static JsonNode object(byte[] body) {
        try {
            JsonNode reply = Json.read(body);
            if (reply != null && reply.isObject()) {
                return reply;
            }
        } catch (JsonProcessingException e) {
            throw unreadable("it is not JSON", e);
        }
        throw unreadable("it is not a JSON object", null);
    }

    static LlmException unreadable(String why, Throwable cause) {
        return LlmException.builder(
                        ErrorKind.PROVIDER_ERROR,
                        "The provider answered 200 with a body that cannot be read: " + why + ".")
                .cause(cause)
                .build();
    }

    /** A reply without text, or with white space only, is a failure unless its stop reason says why. */
    static void requireContent(CharSequence text, StopReason stopReason) {
        if (text.toString().isBlank() && !MAY_BE_EMPTY.contains(stopReason)) {
            throw LlmException.of(ErrorKind.PROVIDER_ERROR, "The provider answered 200 with an empty reply.");
        }
    }

    /** Bedrock's own word on any body when a guardrail rewrote it. */
    static boolean guardrailIntervened(JsonNode reply) {
        return "INTERVENED".equals(reply.path("amazon-bedrock-guardrailAction").asText());
    }

    /** A token count, whole and not negative; guardrails turn 28 into 28.0. */
    static Long count(JsonNode node, Long otherwise) {
        boolean whole = node.isNumber() && node.canConvertToExactIntegral() && node.canConvertToLong();
        return whole && node.asLong() >= 0 ? Long.valueOf(node.asLong()) : otherwise;
    }

    /** The text of a block; what is no string is no text. */
    static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }
}
