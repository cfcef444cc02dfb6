package dev.caravan.structured;

/**
 * The text of damaged JSON up to a limit, and what stands where in it: quotes of any kind, comments, keys with and without
 * quotes. Only looks, and never far, so that going through a text takes time by its length.
 */
final class LooseText {
    /** Characters looked ahead to tell what stands there. */
    static final int AHEAD = 200;

    private final String text;
    private final int limit;

    /** @param limit end of what belongs to it, exclusive */
    LooseText(String text, int limit) {
        this.text = text;
        this.limit = limit;
    }

    String text() {
        return text;
    }

    int limit() {
        return limit;
    }

    static boolean isQuote(char c) {
        return c == '"' || c == '\'' || closers(c) != null;
    }

    static boolean beginsValue(char c) {
        return c == '{' || c == '[' || isQuote(c) || beginsNumber(c) || "tfnTFN".indexOf(c) >= 0;
    }

    static boolean beginsNumber(char c) {
        return c >= '0' && c <= '9' || "+-.".indexOf(c) >= 0;
    }

    boolean hasLineBreak(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == '\n' || text.charAt(i) == '\r') {
                return true;
            }
        }
        return false;
    }

    /** The quotes that close a typographic one; null when it is none. */
    private static String closers(char open) {
        return switch (open) {
            case '\u201c', '\u201d', '\u201e' -> "\u201d\u201c\"";
            case '\u2018', '\u2019', '\u201a' -> "\u2019\u2018'";
            default -> null;
        };
    }

    static boolean closes(char open, char c) {
        String closers = closers(open);
        return closers == null ? c == open : closers.indexOf(c) >= 0;
    }

    /** Past blanks and comments; -1 within a comment of which it is not certain where it ends. */
    int skip(int from) {
        int i = from;
        while (i < limit) {
            char c = text.charAt(i);
            if (c == '#' || text.startsWith("//", i)) {
                i = lineEnd(i);
                if (i < 0) {
                    return -1;
                }
            } else if (text.startsWith("/*", i)) {
                int end = text.indexOf("*/", i + 2);
                if (end < 0 || end + 2 > limit) {
                    return -1;
                }
                i = end + 2;
            } else if (Blanks.isBlank(c)) {
                i++;
            } else {
                return i;
            }
        }
        return limit;
    }

    /** End of a comment on one line; -1 when the line has no end, or closes a bracket that was open before the comment. */
    private int lineEnd(int from) {
        int depth = 0;
        for (int i = from; i < limit && depth >= 0; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                return i;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        }
        return -1;
    }

    /** Past blanks and a comment right behind them; -1 within a comment that does not end soon. */
    int skipAhead(int from) {
        int i = from;
        while (i < limit && Blanks.isBlank(text.charAt(i))) {
            i++;
        }
        if (i >= limit || text.charAt(i) != '/' && text.charAt(i) != '#') {
            return i;
        }
        // A comment right behind is looked over once, as far as the look ahead goes.
        LooseText near = new LooseText(text, Math.min(limit, i + AHEAD));
        int end = near.skip(i);
        return end == near.limit && end < limit ? -1 : end;
    }

    /** End of a key without quotes; -1 when none with its colon stands here. */
    int bareKeyEnd(int at) {
        int i = at;
        while (i < limit && i < at + AHEAD && isKeyPart(text.charAt(i), i == at)) {
            i++;
        }
        int colon = i == at ? -1 : skipAhead(i);
        return colon >= 0 && colon < limit && text.charAt(colon) == ':' ? i : -1;
    }

    private static boolean isKeyPart(char c, boolean first) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c == '_'
                || c == '$'
                || !first && (c >= '0' && c <= '9' || c == '-');
    }

    /** Whether a key and its colon stand here. */
    boolean isKey(int at) {
        if (at < 0 || at >= limit) {
            return false;
        }
        if (!isQuote(text.charAt(at))) {
            return bareKeyEnd(at) >= 0;
        }
        int behind = behindQuoted(at);
        return behind >= 0 && behind < limit && text.charAt(behind) == ':';
    }

    /** Whether a quoted key and, without a colon, its value stand here. */
    boolean isKeyWithoutColon(int at) {
        int behind = isQuote(text.charAt(at)) ? behindQuoted(at) : -1;
        return behind >= 0 && behind < limit && beginsValue(text.charAt(behind));
    }

    /** Where it goes on behind a short string; -1 when none stands here. */
    private int behindQuoted(int at) {
        char open = text.charAt(at);
        for (int i = at + 1; i < limit && i < at + AHEAD; i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (closes(open, text.charAt(i))) {
                return skipAhead(i + 1);
            }
        }
        return -1;
    }
}
