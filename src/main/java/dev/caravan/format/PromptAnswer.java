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
        String text = written;
        for (boolean found = true; found; ) {
            found = false;
            String ended = text.stripTrailing();
            for (String token : endTokens) {
                if (ended.endsWith(token)) {
                    text = ended.substring(0, ended.length() - token.length());
                    found = true;
                    break;
                }
            }
        }
        return text.stripLeading();
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
