package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.StopReason;
import dev.caravan.runtime.Texts;
import java.util.List;
import java.util.Map;

/**
 * The answer of a family whose reply is one text: where the answer begins and ends in what the model wrote.
 *
 * @param text the answer
 * @param stopReason in our vocabulary
 */
record PromptAnswer(String text, StopReason stopReason) {

    /** A text of the reply; the whole reply is unreadable without it. */
    static String required(JsonNode node, String name) {
        if (!node.isTextual()) {
            throw ReplyReading.unreadable("it has no " + name, null);
        }
        return Texts.wellFormed(node.textValue());
    }

    /**
     * @param written what the model wrote
     * @param endTokens tokens that a model may repeat at its end
     */
    static String trimmed(String written, List<String> endTokens) {
        int end = written.length();
        for (int before = end; before >= 0; before = beforeToken(written, end, endTokens)) {
            end = before;
        }
        return written.substring(0, end).stripLeading();
    }

    /** Where the token begins that the text ends with, white space behind it aside; -1 when it ends with none. */
    private static int beforeToken(String text, int end, List<String> tokens) {
        int to = end;
        while (to > 0 && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        for (String token : tokens) {
            if (text.startsWith(token, to - token.length())) {
                return to - token.length();
            }
        }
        return -1;
    }

    /** The meaning of the model's word for why it stopped; a guardrail's word counts more. */
    static StopReason stopReason(String raw, Map<String, StopReason> words, JsonNode reply) {
        if (ReplyReading.guardrailIntervened(reply)) {
            return StopReason.GUARDRAIL_INTERVENED;
        }
        return words.getOrDefault(raw == null ? "" : raw, StopReason.OTHER);
    }

    /** Ends the answer before the earliest stop sequence, for bodies that take none. */
    PromptAnswer cutAt(List<String> stop) {
        int end = StopSequences.find(text, stop);
        if (end < 0) {
            return this;
        }
        return new PromptAnswer(
                text.substring(0, end),
                stopReason == StopReason.GUARDRAIL_INTERVENED ? stopReason : StopReason.STOP_SEQUENCE);
    }
}
