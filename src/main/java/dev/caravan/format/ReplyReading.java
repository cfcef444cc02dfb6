package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
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

    /** Far above all that a call costs, and low enough for sums over calls. */
    private static final long MOST_TOKENS = 1_000_000_000_000L;

    private ReplyReading() {}

    /** Reads the token counts of a body. */
    @FunctionalInterface
    interface Counts {
        /** @param counted those of the headers, for what the body does not say */
        Usage of(JsonNode reply, Usage counted);
    }

    /** Reads the rest of a body. */
    @FunctionalInterface
    interface Content {
        FormatReply of(JsonNode reply, Usage usage);
    }

    /**
     * Reads a body, its counts first: a reply that cannot be used was paid for, and its failure says what.
     *
     * @throws LlmException {@code provider_error}, with the counts, when it is unreadable or has no content
     */
    static FormatReply read(WireReply wire, Counts counts, Content content) {
        JsonNode reply = wire.joined() == null ? object(wire, counts) : wire.joined();
        Usage usage = counts.of(reply, wire.counted());
        try {
            return content.of(reply, usage);
        } catch (LlmException e) {
            throw paid(e, usage);
        }
    }

    /** A failure of a call that was paid for, with its counts. */
    static LlmException paid(LlmException failure, Usage usage) {
        return failure.toBuilder().usage(usage).build();
    }

    private static JsonNode object(WireReply wire, Counts counts) {
        try {
            return object(wire.body());
        } catch (LlmException e) {
            throw paid(e, counts.of(ReplyBody.loose(wire.body()), wire.counted()));
        }
    }

    private static JsonNode object(byte[] body) {
        try {
            JsonNode reply = ReplyBody.read(body);
            if (reply != null && reply.isObject()) {
                return reply;
            }
        } catch (JsonProcessingException e) {
            throw unreadable(reason(e), e);
        }
        throw unreadable("it is not a JSON object", null);
    }

    private static String reason(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return "a number in it is too long, or it is nested too deep";
        }
        String said = e.getOriginalMessage();
        return said != null && said.startsWith("Duplicate") ? "a key stands twice in one object" : "it is not JSON";
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

    /** A token count, whole, not negative and of a size that occurs; guardrails turn 28 into 28.0. */
    static Long count(JsonNode node, Long otherwise) {
        boolean whole = node.isNumber() && node.canConvertToExactIntegral() && node.canConvertToLong();
        return whole && node.asLong() >= 0 && node.asLong() <= MOST_TOKENS ? Long.valueOf(node.asLong()) : otherwise;
    }

    /** The text of a block; what is no string is no text. */
    static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }
}
