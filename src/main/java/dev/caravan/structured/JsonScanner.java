package dev.caravan.structured;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Goes through the text of one JSON object or array by RFC 8259 and says where it ends, or where it goes wrong. Takes no
 * stack. What it passes is JSON but for bounds and duplicate keys, which {@link JsonText} knows.
 */
final class JsonScanner {
    /** A stretch of the text; the end is exclusive. */
    record Span(int start, int end) {}

    private enum Expect {
        VALUE,
        VALUE_OR_END,
        KEY,
        KEY_OR_END,
        COLON,
        NEXT_OR_END
    }

    /** Bits of {@code objects}: whether the container at that depth is an object. */
    private final BitSet objects = new BitSet();

    /** Bits by depth: whether a key and its colon were passed in the object there. */
    private final BitSet keyed = new BitSet();

    private final List<Integer> starts = new ArrayList<>();
    private final List<List<Span>> children = new ArrayList<>();
    private final String text;
    private int at;
    private Expect expect;
    private int depth;

    private JsonScanner(String text, int start) {
        this.text = text;
        this.at = start;
    }

    /**
     * What came of a scan.
     *
     * @param start where it began
     * @param at the end when it is sound, else where it went wrong
     * @param sound whether it is JSON
     * @param open starts of the containers that were open where it went wrong, its own among them
     * @param within sound containers directly in those
     * @param keyed whether one of those is an object with a key: then it was meant as JSON
     */
    record Scan(int start, int at, boolean sound, List<Integer> open, List<Span> within, boolean keyed) {
        /** Whether the text ended before the JSON did. */
        boolean cutOff(String text) {
            return !sound && at >= text.length();
        }
    }

    /** @param start of an opening brace or bracket */
    static Scan scan(String text, int start, Steps steps) {
        JsonScanner scanner = new JsonScanner(text, start);
        scanner.open(text.charAt(start));
        boolean sound = scanner.run();
        steps.take(scanner.at - start);
        List<Span> within = new ArrayList<>();
        for (int level = 0; level < scanner.depth && !sound; level++) {
            within.addAll(scanner.children.get(level));
        }
        return new Scan(
                start,
                scanner.at,
                sound,
                sound ? List.of() : List.copyOf(scanner.starts),
                within,
                !scanner.keyed.isEmpty());
    }

    private boolean run() {
        while (depth > 0) {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length() || !step(text.charAt(at))) {
                return false;
            }
        }
        return true;
    }

    private boolean step(char c) {
        boolean inObject = objects.get(depth);
        switch (expect) {
            case NEXT_OR_END -> {
                if (c == ',') {
                    at++;
                    expect = inObject ? Expect.KEY : Expect.VALUE;
                    return true;
                }
                return c == (inObject ? '}' : ']') && close();
            }
            case COLON -> {
                at += c == ':' ? 1 : 0;
                keyed.set(depth, c == ':');
                expect = Expect.VALUE;
                return c == ':';
            }
            case KEY, KEY_OR_END -> {
                if (c == '}' && expect == Expect.KEY_OR_END) {
                    return close();
                }
                expect = Expect.COLON;
                return c == '"' && string();
            }
            default -> {
                if (c == ']' && expect == Expect.VALUE_OR_END) {
                    return close();
                }
                return value(c);
            }
        }
    }

    private boolean value(char c) {
        if (c == '{' || c == '[') {
            return open(c);
        }
        expect = Expect.NEXT_OR_END;
        return switch (c) {
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        };
    }

    private boolean open(char c) {
        if (depth == JsonBounds.MAX_DEPTH) {
            return false;
        }
        depth++;
        objects.set(depth, c == '{');
        starts.add(at);
        children.add(new ArrayList<>(0));
        at++;
        expect = c == '{' ? Expect.KEY_OR_END : Expect.VALUE_OR_END;
        return true;
    }

    private boolean close() {
        at++;
        keyed.clear(depth);
        depth--;
        int start = starts.remove(depth);
        children.remove(depth);
        if (depth > 0) {
            children.get(depth - 1).add(new Span(start, at));
        }
        expect = Expect.NEXT_OR_END;
        return true;
    }

    private boolean string() {
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

    private boolean literal(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return word.startsWith(text.substring(at, Math.min(text.length(), at + word.length()))) && end();
    }

    private boolean number() {
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
