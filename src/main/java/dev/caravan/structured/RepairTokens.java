package dev.caravan.structured;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys, strings and scalars of damaged JSON, written out sound. A method gives the end of what it read, exclusive, or -1
 * when it is not certain what it is.
 */
final class RepairTokens {
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

    /** Characters looked ahead to tell a quote that ends a string from one within it. */
    private static final int AHEAD = 200;

    private static final Map<String, String> LITERALS =
            Map.of("true", "true", "false", "false", "null", "null", "True", "true", "False", "false", "None", "null");
    private static final Pattern NUMBER =
            Pattern.compile("([+-]?)(?:0*([0-9]+)\\.?([0-9]*)|\\.([0-9]+))([eE][+-]?[0-9]+)?");

    private final String text;
    private final int limit;
    private final StringBuilder out;

    RepairTokens(String text, int limit, StringBuilder out) {
        this.text = text;
        this.limit = limit;
        this.out = out;
    }

    static boolean isQuote(char c) {
        return c == '"' || c == '\'' || closers(c) != null;
    }

    static boolean beginsValue(char c) {
        return c == '{' || c == '[' || isQuote(c) || c >= '0' && c <= '9' || "+-.tfnTFN".indexOf(c) >= 0;
    }

    /** The quotes that close a typographic one; null when it is none. */
    private static String closers(char open) {
        return switch (open) {
            case '\u201c', '\u201d', '\u201e' -> "\u201d\u201c\"";
            case '\u2018', '\u2019', '\u201a' -> "\u2019\u2018'";
            default -> null;
        };
    }

    private static boolean closes(char open, char c) {
        String closers = closers(open);
        return closers == null ? c == open : closers.indexOf(c) >= 0;
    }

    /** Past blanks and comments; -1 within a comment that does not end. */
    int skip(int from) {
        int i = from;
        while (i < limit) {
            char c = text.charAt(i);
            if (c == '#' || text.startsWith("//", i)) {
                i = lineEnd(i);
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

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 || end > limit ? limit : end;
    }

    private int skipAhead(int from) {
        int i = from;
        while (i < limit && Blanks.isBlank(text.charAt(i))) {
            i++;
        }
        if (i >= limit || text.charAt(i) != '/' && text.charAt(i) != '#') {
            return i;
        }
        // A comment right behind is looked over once, as far as the look ahead goes.
        RepairTokens near = new RepairTokens(text, Math.min(limit, i + AHEAD), out);
        int end = near.skip(i);
        return end == near.limit && end < limit ? -1 : end;
    }

    int bareKey(int at) {
        int end = bareKeyEnd(at);
        if (end < 0) {
            return -1;
        }
        out.append('"').append(text, at, end).append('"');
        return end;
    }

    private int bareKeyEnd(int at) {
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

    private boolean isKeyWithoutColon(int at) {
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

    int scalar(int at) {
        int end = at;
        while (end < limit && (Character.isLetterOrDigit(text.charAt(end)) || "+-._".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        String token = text.substring(at, end);
        String literal = LITERALS.get(token);
        if (literal == null) {
            literal = number(token);
        }
        if (literal == null || end < limit && !mayFollow(text.charAt(end))) {
            return -1;
        }
        out.append(literal);
        return end;
    }

    private static boolean mayFollow(char c) {
        return Blanks.isBlank(c) || ",}]/#".indexOf(c) >= 0 || isQuote(c);
    }

    private static String number(String token) {
        Matcher number = NUMBER.matcher(token);
        if (token.length() > AHEAD || !number.matches()) {
            return null;
        }
        String fraction = number.group(4) != null ? number.group(4) : number.group(3);
        return (number.group(1).equals("-") ? "-" : "")
                + (number.group(2) == null ? "0" : number.group(2))
                + (fraction.isEmpty() ? "" : "." + fraction)
                + (number.group(5) == null ? "" : number.group(5));
    }

    /** A string that ends; quotes within it that nothing of JSON follows are its own. */
    int string(int at, Place place) {
        int before = out.length();
        char open = text.charAt(at);
        out.append('"');
        int i = at + 1;
        while (i < limit) {
            char c = text.charAt(i);
            Quote quote = !closes(open, c) ? Quote.WITHIN : place == Place.KEY ? Quote.LAST : quote(i, place);
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
        int next = skipAhead(at + 1);
        if (next < 0 || next >= limit) {
            return next < 0 ? Quote.UNCERTAIN : Quote.LAST;
        }
        char c = text.charAt(next);
        if (c == '}' || c == ']') {
            return Quote.LAST;
        }
        if (c == ',') {
            int after = skipAhead(next + 1);
            return after < 0 ? Quote.UNCERTAIN : afterComma(after, place);
        }
        if (place == Place.MEMBER ? isKey(next) : next > at + 1 && (isQuote(c) || c == '{' || c == '[')) {
            return Quote.LAST;
        }
        return c == ':' || c == '"' ? Quote.UNCERTAIN : Quote.WITHIN;
    }

    private Quote afterComma(int at, Place place) {
        if (at >= limit || "}],".indexOf(text.charAt(at)) >= 0) {
            return Quote.LAST;
        }
        if (place == Place.ITEM ? beginsValue(text.charAt(at)) : isKey(at) || isKeyWithoutColon(at)) {
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
        int length = JsonScanner.escape(text, at);
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
            if ("{}[]\n".indexOf(c) >= 0 || isQuote(c) && c != '\'' && c != '\u2019' || c == ':' && comma >= 0) {
                return true;
            }
        }
        return false;
    }
}
