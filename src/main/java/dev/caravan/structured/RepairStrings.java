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

    /** What may follow a quotation within a sentence, but nothing in a program. */
    private static final String SENTENCE = ".,;!?()";

    private final LooseText source;
    private final String text;
    private final int limit;
    private final StringBuilder out;
    private final RepairEscapes escapes;
    private boolean endless;

    /** Whether quotes within the string were opened and not closed. */
    private boolean quoting;

    RepairStrings(LooseText source, StringBuilder out) {
        this.source = source;
        this.text = source.text();
        this.limit = source.limit();
        this.out = out;
        this.escapes = new RepairEscapes(source, out);
    }

    /** Whether the last string was read to the end of the text without a quote that could end it. */
    boolean endless() {
        return endless;
    }

    /** A string that ends; pairs of quotes within it that nothing of JSON follows are its own. */
    int string(int at, Place place) {
        int before = out.length();
        int end = read(at, place);
        if (end < 0) {
            out.setLength(before);
        }
        return end;
    }

    private int read(int at, Place place) {
        char open = text.charAt(at);
        begin();
        int i = at + 1;
        while (i >= 0 && i < limit) {
            char c = text.charAt(i);
            Quote quote =
                    !LooseText.closes(open, c) ? Quote.WITHIN : place == Place.KEY ? Quote.LAST : quote(at, i, place);
            if (quote == Quote.LAST) {
                out.append('"');
                return escapes.certain() ? i + 1 : -1;
            }
            i = quote == Quote.UNCERTAIN ? -1 : escapes.character(i);
        }
        endless = i >= 0;
        return -1;
    }

    private void begin() {
        endless = false;
        quoting = false;
        out.append('"');
    }

    /** What a quote within a string is, by what stands around it. */
    private Quote quote(int start, int at, Place place) {
        Quote following = following(at, place);
        if (isApostrophe(at)) {
            return following == Quote.WITHIN ? Quote.WITHIN : Quote.UNCERTAIN;
        }
        if (following != Quote.WITHIN) {
            return quoting ? Quote.UNCERTAIN : following;
        }
        boolean paired = quoting ? endsQuotation(at) : beginsQuotation(start, at);
        quoting = !quoting;
        return paired ? Quote.WITHIN : Quote.UNCERTAIN;
    }

    private boolean isApostrophe(int at) {
        char c = text.charAt(at);
        return (c == '\'' || c == '\u2019')
                && Character.isLetterOrDigit(text.charAt(at - 1))
                && at + 1 < limit
                && Character.isLetterOrDigit(text.charAt(at + 1));
    }

    private boolean beginsQuotation(int start, int at) {
        char before = text.charAt(at - 1);
        return (at - 1 == start || before == '(' || Blanks.isBlank(before))
                && Character.isLetterOrDigit(text.charAt(at + 1));
    }

    private boolean endsQuotation(int at) {
        char next = text.charAt(source.skipAhead(at + 1));
        return !Blanks.isBlank(text.charAt(at - 1))
                && (Blanks.isBlank(text.charAt(at + 1)) || SENTENCE.indexOf(text.charAt(at + 1)) >= 0)
                && (Character.isLetterOrDigit(next) || SENTENCE.indexOf(next) >= 0);
    }

    /** What a quote is, by what follows it: within the string when that is not JSON. */
    private Quote following(int at, Place place) {
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
        if (place == Place.MEMBER && source.isKey(next)) {
            return Quote.LAST;
        }
        if (place == Place.ITEM && (LooseText.isQuote(c) || c == '{' || c == '[')) {
            return source.hasLineBreak(at, next) || c == '{' ? Quote.LAST : Quote.UNCERTAIN;
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

    /**
     * The last string when its quote is missing. Its end is certain when nothing in it could be more JSON: at the brackets
     * that would close all that is open, or at the end of the text. Without any characters it is none.
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
        if (end == at + 1 || !closed && !brackets.isEmpty() || couldBeMore(at + 1, end)) {
            return -1;
        }
        begin();
        int i = at + 1;
        while (i >= 0 && i < end) {
            i = escapes.character(i);
        }
        out.append('"');
        return i < 0 || i > end || !escapes.certain() ? -1 : end;
    }

    private boolean couldBeMore(int from, int to) {
        int comma = -1;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == ',') {
                comma = i;
            }
            if ("{}[]\n".indexOf(c) >= 0 || LooseText.isQuote(c) && !isApostrophe(i) || c == ':' && comma >= 0) {
                return true;
            }
        }
        return false;
    }
}
