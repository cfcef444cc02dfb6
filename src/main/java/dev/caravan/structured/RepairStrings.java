package dev.caravan.structured;

/**
 * Strings of damaged JSON, written out sound. A method gives the end of what it read, exclusive, or -1 when it is not
 * certain what it is.
 */
final class RepairStrings {
    /** What a string is, which says what may follow it. */
    enum Place {
        KEY,
        MEMBER,
        ITEM
    }

    private enum Quote {
        LAST,
        WITHIN,
        UNCERTAIN
    }

    private final LooseText source;
    private final String text;
    private final int limit;
    private final StringBuilder out;

    RepairStrings(LooseText source, StringBuilder out) {
        this.source = source;
        this.text = source.text();
        this.limit = source.limit();
        this.out = out;
    }

    /** A string that ends; quotes within it that nothing of JSON follows are its own. */
    int string(int at, Place place) {
        int before = out.length();
        char open = text.charAt(at);
        out.append('"');
        int i = at + 1;
        while (i < limit) {
            char c = text.charAt(i);
            Quote quote = !LooseText.closes(open, c) ? Quote.WITHIN : place == Place.KEY ? Quote.LAST : quote(i, place);
            if (quote == Quote.LAST) {
                out.append('"');
                return i + 1;
            }
            i = quote == Quote.UNCERTAIN ? -1 : character(i);
            if (i < 0) {
                break;
            }
        }
        out.setLength(before);
        return -1;
    }

    /** What a quote within a string is, by what follows it. */
    private Quote quote(int at, Place place) {
        int next = source.skipAhead(at + 1);
        if (next < 0 || next >= limit) {
            return next < 0 ? Quote.UNCERTAIN : Quote.LAST;
        }
        char c = text.charAt(next);
        if (c == '}' || c == ']') {
            return Quote.LAST;
        }
        if (c == ',') {
            int after = source.skipAhead(next + 1);
            return after < 0 ? Quote.UNCERTAIN : afterComma(after, place);
        }
        if (place == Place.MEMBER
                ? source.isKey(next)
                : next > at + 1 && (LooseText.isQuote(c) || c == '{' || c == '[')) {
            return Quote.LAST;
        }
        return c == ':' || c == '"' ? Quote.UNCERTAIN : Quote.WITHIN;
    }

    private Quote afterComma(int at, Place place) {
        if (at >= limit || "}],".indexOf(text.charAt(at)) >= 0) {
            return Quote.LAST;
        }
        if (place == Place.ITEM
                ? LooseText.beginsValue(text.charAt(at))
                : source.isKey(at) || source.isKeyWithoutColon(at)) {
            return Quote.LAST;
        }
        return "\"{[".indexOf(text.charAt(at)) >= 0 ? Quote.UNCERTAIN : Quote.WITHIN;
    }

    /** Writes one character, or one escape; the place behind it, -1 when nothing certain stands there. */
    private int character(int at) {
        char c = text.charAt(at);
        if (c != '\\') {
            if (c == '"') {
                out.append("\\\"");
            } else if (c < ' ') {
                control(c);
            } else {
                out.append(c);
            }
            return at + 1;
        }
        int length = JsonCursor.escape(text, at);
        if (length > 0) {
            out.append(text, at, at + length);
            return at + length;
        }
        char next = at + 1 < limit ? text.charAt(at + 1) : '\n';
        if (next < ' ') {
            return -1;
        }
        if (!Character.isLetterOrDigit(next)) {
            // An escape that JSON does not need, such as \' or \_.
            out.append(next);
            return at + 2;
        }
        // A backslash that was meant as one, as in a path or a regular expression.
        out.append("\\\\");
        return at + 1;
    }

    private void control(char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(String.format("\\u%04x", (int) c));
        }
    }

    /**
     * The last string when its quote is missing. Its end is certain when nothing in it could be more JSON: at the brackets
     * that would close all that is open, or at the end of the text.
     *
     * @param closers brackets that would close all that is open
     */
    int openString(int at, String closers) {
        int end = limit;
        StringBuilder brackets = new StringBuilder();
        while (end > at + 1 && (Blanks.isBlank(text.charAt(end - 1)) || "}]".indexOf(text.charAt(end - 1)) >= 0)) {
            if (!Blanks.isBlank(text.charAt(end - 1))) {
                brackets.append(text.charAt(end - 1));
            }
            end--;
        }
        boolean closed = brackets.reverse().toString().equals(closers);
        if (!closed && !brackets.isEmpty() || couldBeMore(at + 1, end)) {
            return -1;
        }
        out.append('"');
        int i = at + 1;
        while (i >= 0 && i < end) {
            i = character(i);
        }
        out.append('"');
        return i < 0 || i > end ? -1 : end;
    }

    private boolean couldBeMore(int from, int to) {
        int comma = -1;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == ',') {
                comma = i;
            }
            if ("{}[]\n".indexOf(c) >= 0
                    || LooseText.isQuote(c) && c != '\'' && c != '\u2019'
                    || c == ':' && comma >= 0) {
                return true;
            }
        }
        return false;
    }
}
