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

    /** Bits by depth: whether a comma stood in the array there, or is missing between two values. */
    private final BitSet listed = new BitSet();

    private final List<Integer> starts = new ArrayList<>();
    private final List<List<Span>> children = new ArrayList<>();
    private final JsonCursor cursor;
    private Expect expect;
    private int depth;
    private boolean tooDeep;

    private JsonScanner(JsonCursor cursor) {
        this.cursor = cursor;
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
     * @param listed whether one of those is an array with a comma in it, or without one that it needs
     * @param tooDeep whether it went wrong because of its depth
     */
    record Scan(
            int start,
            int at,
            boolean sound,
            List<Integer> open,
            List<Span> within,
            boolean keyed,
            boolean listed,
            boolean tooDeep) {
        /** Whether the text ended before the JSON did. */
        boolean cutOff(String text) {
            return !sound && at >= text.length();
        }
    }

    /** @param start of an opening brace or bracket */
    static Scan scan(String text, int start, Steps steps) {
        JsonScanner scanner = new JsonScanner(new JsonCursor(text, start));
        scanner.open(text.charAt(start));
        boolean sound = scanner.run();
        steps.take(scanner.cursor.at() - start);
        List<Span> within = new ArrayList<>();
        for (int level = 0; level < scanner.depth && !sound; level++) {
            within.addAll(scanner.children.get(level));
        }
        return new Scan(
                start,
                scanner.cursor.at(),
                sound,
                sound ? List.of() : List.copyOf(scanner.starts),
                within,
                !scanner.keyed.isEmpty(),
                !scanner.listed.isEmpty(),
                scanner.tooDeep);
    }

    private boolean run() {
        while (depth > 0) {
            if (!cursor.skipSpace() || !step(cursor.peek())) {
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
                    cursor.next();
                    listed.set(depth, !inObject);
                    expect = inObject ? Expect.KEY : Expect.VALUE;
                    return true;
                }
                if (c == (inObject ? '}' : ']')) {
                    return close();
                }
                listed.set(depth, !inObject && (listed.get(depth) || "{[\"".indexOf(c) >= 0));
                return false;
            }
            case COLON -> {
                return colon(c);
            }
            case KEY, KEY_OR_END -> {
                if (c == '}' && expect == Expect.KEY_OR_END) {
                    return close();
                }
                expect = Expect.COLON;
                return c == '"' && cursor.string();
            }
            default -> {
                if (c == ']' && expect == Expect.VALUE_OR_END) {
                    return close();
                }
                listed.set(depth, !inObject && (listed.get(depth) || c == ','));
                return value(c);
            }
        }
    }

    private boolean colon(char c) {
        keyed.set(depth, c == ':');
        if (c != ':') {
            return false;
        }
        cursor.next();
        expect = Expect.VALUE;
        return true;
    }

    private boolean value(char c) {
        if (c == '{' || c == '[') {
            return open(c);
        }
        expect = Expect.NEXT_OR_END;
        return switch (c) {
            case '"' -> cursor.string();
            case 't' -> cursor.literal("true");
            case 'f' -> cursor.literal("false");
            case 'n' -> cursor.literal("null");
            default -> cursor.number();
        };
    }

    private boolean open(char c) {
        if (depth == JsonBounds.MAX_DEPTH) {
            tooDeep = true;
            return false;
        }
        depth++;
        objects.set(depth, c == '{');
        starts.add(cursor.at());
        children.add(new ArrayList<>(0));
        cursor.next();
        expect = c == '{' ? Expect.KEY_OR_END : Expect.VALUE_OR_END;
        return true;
    }

    private boolean close() {
        cursor.next();
        keyed.clear(depth);
        listed.clear(depth);
        depth--;
        int start = starts.remove(depth);
        children.remove(depth);
        if (depth > 0) {
            children.get(depth - 1).add(new Span(start, cursor.at()));
        }
        expect = Expect.NEXT_OR_END;
        return true;
    }
}
