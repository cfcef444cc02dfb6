package dev.caravan.structured;

/**
 * The characters of strings in one damaged text, written out sound. A backslash before a letter that JSON has no escape for
 * was meant as one; then {@code \n} or {@code \b} in the same text may be a part of a path or of a regular expression, and
 * it is not certain what was meant.
 */
final class RepairEscapes {
    /** Signs that are escaped needlessly; others, such as {@code \.} and {@code \(}, mean something elsewhere. */
    private static final String NEEDLESS = "'_`";

    /** Letters of escapes in other languages, and of a damaged one of JSON. */
    private static final String ESCAPES = "uavN";

    private static final String SAME_EITHER_WAY = "\"\\/u";

    private final String text;
    private final int limit;
    private final StringBuilder out;

    /** Whether a backslash stood for itself, and whether one was an escape. */
    private boolean plain;

    private boolean escape;

    RepairEscapes(LooseText source, StringBuilder out) {
        this.text = source.text();
        this.limit = source.limit();
        this.out = out;
    }

    /** Whether the backslashes of the text so far have one meaning. */
    boolean certain() {
        return !plain || !escape;
    }

    /** Writes one character, or one escape; the place behind it, -1 when nothing certain stands there. */
    int character(int at) {
        char c = text.charAt(at);
        if (c == '\\') {
            return backslash(at);
        }
        if (c == '"') {
            out.append("\\\"");
        } else if (c < ' ') {
            control(c);
        } else {
            out.append(c);
        }
        return at + 1;
    }

    private int backslash(int at) {
        int length = JsonCursor.escape(text, at);
        if (length > 0) {
            escape |= SAME_EITHER_WAY.indexOf(text.charAt(at + 1)) < 0;
            out.append(text, at, at + length);
            return at + length;
        }
        char next = at + 1 < limit ? text.charAt(at + 1) : '\n';
        if (NEEDLESS.indexOf(next) >= 0) {
            escape = true;
            out.append(next);
            return at + 2;
        }
        if (!Character.isLetter(next) || ESCAPES.indexOf(next) >= 0 || "xU".indexOf(next) >= 0 && isHex(at + 2)) {
            return -1;
        }
        plain = true;
        out.append("\\\\");
        return at + 1;
    }

    /** Whether a digit stands here, as behind the escapes of other languages. */
    private boolean isHex(int at) {
        return at < limit && Character.digit(text.charAt(at), 16) >= 0;
    }

    private void control(char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(String.format("\\u%04x", (int) c));
        }
    }
}
