package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Part;
import java.util.function.Consumer;

/** One block of a streamed answer: what it has said so far, and how much of it went out. Not thread-safe. */
final class StreamedBlock {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder signature = new StringBuilder();
    private StreamedCall call;
    private JsonNode other;
    private int givenText;
    private int givenReasoning;
    private boolean whole;

    /** A piece of text in an event: a string, or none. */
    static String piece(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isTextual()) {
            throw ReplyReading.unreadable("a piece of its text is no text", null);
        }
        return node.textValue();
    }

    void text(JsonNode more) {
        text.append(piece(more));
    }

    void reasoning(JsonNode more) {
        reasoning.append(piece(more));
    }

    void signature(JsonNode more) {
        signature.append(piece(more));
    }

    /** The call that it is from now on. */
    StreamedCall begunCall() {
        call = call == null ? new StreamedCall() : call;
        return call;
    }

    /** A block of a kind that came in one piece. */
    void other(JsonNode block) {
        other = block;
    }

    void end() {
        whole = true;
    }

    String text() {
        return text.toString();
    }

    String reasoning() {
        return reasoning.toString();
    }

    String signature() {
        return signature.toString();
    }

    /** Null for a block that calls nothing. */
    StreamedCall call() {
        return call;
    }

    /** Null for one of a known kind. */
    JsonNode other() {
        return other;
    }

    /** Adds the text of the whole block behind it, if both are nothing but text. */
    boolean takes(StreamedBlock next) {
        boolean texts = isText() && next.isText();
        if (texts) {
            text.append(next.text);
        }
        return texts;
    }

    private boolean isText() {
        return call == null && other == null && reasoning.isEmpty() && signature.isEmpty();
    }

    boolean isWhole() {
        return whole;
    }

    void give(StreamedBlocks.Said said, Consumer<Part> out) {
        String moreReasoning = reasoning.substring(givenReasoning);
        if (!moreReasoning.isEmpty() && !said.reasoning(moreReasoning, out)) {
            reasoning.setLength(givenReasoning);
        }
        givenReasoning = reasoning.length();
        String moreText = text.substring(givenText);
        if (!moreText.isEmpty()) {
            said.text(moreText, out);
        }
        givenText = text.length();
    }
}
