package dev.caravan.structured;

/**
 * A place in a text, moved past the tokens of RFC 8259. A token that is not sound leaves it where it went wrong: at the end
 * of the text when that ended before the token did.
 */
final class JsonCursor {
    private final String text;
    private int at;

    JsonCursor(String text, int start) {
        this.text = text;
        this.at = start;
    }

    int at() {
        return at;
    }

    /** Past one character. */
    void next() {
        at++;
    }

    /** Past blanks to the next character; whether there is one. */
    boolean skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at < text.length();
    }

    char peek() {
        return text.charAt(at);
    }

    /** A string, of which the opening quote stands here. */
    boolean string() {
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                at = i + 1;
                return true;
            }
            if (c < ' ') {
                at = i;
                return false;
            }
            if (c == '\\') {
                int length = escape(text, i);
                if (length == 0) {
                    at = i;
                    return i + 1 >= text.length() && end();
                }
                i += length - 1;
            }
        }
        return end();
    }

    private boolean end() {
        at = text.length();
        return false;
    }

    /** Characters of the escape at a backslash; 0 when it is none. */
    static int escape(String text, int at) {
        if (at + 1 >= text.length()) {
            return 0;
        }
        if (text.charAt(at + 1) != 'u') {
            return "\"\\/bfnrt".indexOf(text.charAt(at + 1)) >= 0 ? 2 : 0;
        }
        for (int i = at + 2; i < at + 6; i++) {
            if (i >= text.length() || Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return 0;
            }
        }
        return 6;
    }

    boolean literal(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return word.startsWith(text.substring(at, Math.min(text.length(), at + word.length()))) && end();
    }

    boolean number() {
        int i = at;
        if (i < text.length() && text.charAt(i) == '-') {
            i++;
        }
        int whole = digits(i);
        if (whole == i || text.charAt(i) == '0' && whole > i + 1) {
            return whole >= text.length() && whole == i && i > at && end();
        }
        i = whole;
        if (i < text.length() && text.charAt(i) == '.') {
            int fraction = digits(i + 1);
            if (fraction == i + 1) {
                return fraction >= text.length() && end();
            }
            i = fraction;
        }
        if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            int sign = i + 1 < text.length() && "+-".indexOf(text.charAt(i + 1)) >= 0 ? i + 2 : i + 1;
            int exponent = digits(sign);
            if (exponent == sign) {
                return exponent >= text.length() && end();
            }
            i = exponent;
        }
        at = i;
        return true;
    }

    private int digits(int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }
}
