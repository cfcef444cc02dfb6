package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.Part;
import dev.caravan.runtime.Texts;
import java.util.function.Consumer;

/** A tool's call that comes in pieces. Not thread-safe. */
final class StreamedCall {
    private final StringBuilder input = new StringBuilder();
    private String id = "";
    private String name = "";
    private JsonNode emptyObject = MissingNode.getInstance();
    private int given;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean closed;

    /** The first that is said counts; later pieces may repeat it. */
    void id(JsonNode said) {
        id = id.isEmpty() ? text(said) : id;
    }

    void name(JsonNode said) {
        name = name.isEmpty() ? text(said) : name;
    }

    private static String text(JsonNode said) {
        return said.isTextual() ? Texts.wellFormed(said.textValue()) : "";
    }

    String id() {
        return id;
    }

    boolean hasId(String said) {
        return id.equals(Texts.wellFormed(said));
    }

    String name() {
        return name;
    }

    /** More of the input: a piece of its JSON text, or all of it as JSON. An empty object stands for what is to come. */
    void input(JsonNode more) {
        if (more.isTextual()) {
            append(more.textValue());
        } else if (more.isObject() && more.isEmpty()) {
            emptyObject = more;
        } else if (!more.isMissingNode() && !more.isNull()) {
            append(more.toString());
        }
    }

    private void append(String piece) {
        input.append(piece);
        for (int i = 0; i < piece.length(); i++) {
            look(piece.charAt(i));
        }
    }

    /** Follows the braces of the JSON text up to its end. */
    private void look(char c) {
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            closed = closed || depth == 0;
        }
    }

    /** Whether the input is whole: what could come behind it would make it none. */
    boolean isClosed() {
        return closed;
    }

    /** The input as the unary body has it. */
    JsonNode joinedInput() {
        String text = input.toString();
        return text.isBlank() ? emptyObject : TextNode.valueOf(text);
    }

    /** Whether it can be told of: with an id and a name. */
    boolean isKnown() {
        return !id.isEmpty() && !name.isEmpty();
    }

    /** Gives out what has not been given out yet. */
    void give(int index, PartEmitter emitter, Consumer<Part> out) {
        emitter.toolInput(index, id, name, input.substring(given), out);
        given = input.length();
    }

    /**
     * The same for a call that nothing more can come for: one without any input has an empty one.
     *
     * @param absent whether an input that is not there may count so, see {@link ToolCallReading}
     */
    void giveWhole(int index, boolean absent, PartEmitter emitter, Consumer<Part> out) {
        if (input.toString().isBlank() && (absent || emptyObject.isObject())) {
            emitter.toolInput(index, id, name, input.substring(given) + "{}", out);
        } else {
            give(index, emitter, out);
        }
    }
}
