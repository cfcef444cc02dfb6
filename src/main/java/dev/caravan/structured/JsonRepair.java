package dev.caravan.structured;

import java.util.BitSet;

/**
 * Mends small damage in the syntax of one JSON object or array, where what was meant is certain: commas too many or
 * missing, a missing colon, keys without quotes, other quotes, comments, line breaks and bad escapes in strings, numbers as
 * other languages write them, Python's literals, and brackets or a quote missing at the end. It adds no value, and leaves
 * out none: where a value is missing or unreadable there is no result. Takes no stack and time by the length.
 */
final class JsonRepair {
    /**
     * What came of it.
     *
     * @param json sound but for duplicate keys and bounds
     * @param end of what was read, exclusive
     */
    record Mended(String json, int end) {}

    private enum State {
        VALUE,
        KEY,
        COLON,
        NEXT
    }

    /** What the value before was. */
    private enum Last {
        NUMBER,
        SCALAR,
        CONTAINER
    }

    private final String text;
    private final int limit;
    private final StringBuilder out = new StringBuilder();
    /** By depth: whether the container is an object, and whether it has a value already. */
    private final BitSet objects = new BitSet();

    private final BitSet filled = new BitSet();
    private final LooseText source;
    private final RepairStrings strings;
    private final RepairWords words;
    private int at;
    private int depth;
    private State state;
    private Last last;
    private int lastEnd;
    private boolean quotedKey;

    private JsonRepair(String text, int start, int limit) {
        this.text = text;
        this.limit = limit;
        this.at = start;
        this.source = new LooseText(text, limit);
        this.strings = new RepairStrings(source, out);
        this.words = new RepairWords(source, out);
    }

    /**
     * Mends what begins at a brace or bracket.
     *
     * @param limit end of the text that belongs to it, exclusive: there what is missing at the end may be added
     * @return null when it is not certain what was meant
     */
    static Mended mend(String text, int start, int limit, Steps steps) {
        JsonRepair repair = new JsonRepair(text, start, limit);
        boolean done = repair.open(text.charAt(start)) && repair.run();
        steps.take(2L * (repair.at - start));
        return done ? new Mended(repair.out.toString(), repair.at) : null;
    }

    private boolean run() {
        while (depth > 0) {
            at = source.skip(at);
            if (at < 0) {
                at = limit;
                return false;
            }
            if (at >= limit) {
                return finish();
            }
            if (!step(text.charAt(at))) {
                return false;
            }
        }
        return true;
    }

    private boolean step(char c) {
        return switch (state) {
            case KEY -> key(c);
            case COLON -> colon(c);
            case VALUE -> c == ']' && !objects.get(depth) ? close(c) : value(c);
            case NEXT -> next(c);
        };
    }

    private boolean key(char c) {
        if (c == '}') {
            return close(c);
        }
        if (c == ',') {
            // One too many. Where a value should be it may stand for one that is missing.
            at++;
            return true;
        }
        separate();
        quotedKey = LooseText.isQuote(c);
        int end = quotedKey ? strings.string(at, RepairStrings.Place.KEY) : words.bareKey(at);
        state = State.COLON;
        return advance(end);
    }

    private boolean colon(char c) {
        if (c == ':') {
            at++;
        } else if (!quotedKey || !LooseText.beginsValue(c)) {
            return false;
        }
        out.append(':');
        state = State.VALUE;
        return true;
    }

    private boolean value(char c) {
        if (!objects.get(depth)) {
            separate();
        }
        if (c == '{' || c == '[') {
            return open(c);
        }
        state = State.NEXT;
        last = LooseText.beginsNumber(c) ? Last.NUMBER : Last.SCALAR;
        if (LooseText.isQuote(c)) {
            return string(objects.get(depth) ? RepairStrings.Place.MEMBER : RepairStrings.Place.ITEM);
        }
        return advance(words.scalar(at));
    }

    private boolean string(RepairStrings.Place place) {
        int end = strings.string(at, place);
        // Cut off within the string: its last characters may be the closing brackets.
        return advance(end < 0 && strings.endless() ? strings.openString(at, closers()) : end);
    }

    private boolean next(char c) {
        if (c == ',') {
            at++;
            state = objects.get(depth) ? State.KEY : State.VALUE;
            return true;
        }
        if (c == '}' || c == ']') {
            return close(c);
        }
        // A comma is missing, if what follows can follow one.
        if (objects.get(depth)) {
            state = State.KEY;
            return source.isKey(at);
        }
        state = State.VALUE;
        return LooseText.beginsValue(c) && separated(c);
    }

    /** Whether what stands in a list without a comma between are surely two values. */
    private boolean separated(char c) {
        if (last == Last.NUMBER && LooseText.beginsNumber(c)) {
            return false;
        }
        return last == Last.CONTAINER || c == '{' || source.hasLineBreak(lastEnd, at);
    }

    private boolean advance(int end) {
        at = end < 0 ? limit : end;
        lastEnd = at;
        return end >= 0;
    }

    private void separate() {
        if (filled.get(depth)) {
            out.append(',');
        }
        filled.set(depth);
    }

    private boolean open(char c) {
        if (depth == JsonBounds.MAX_DEPTH) {
            return false;
        }
        depth++;
        filled.clear(depth);
        objects.set(depth, c == '{');
        out.append(c);
        at++;
        state = c == '{' ? State.KEY : State.VALUE;
        return true;
    }

    /** A bracket closes its own container, or that around it when its own one's is missing. */
    private boolean close(char c) {
        boolean object = c == '}';
        if (objects.get(depth) != object) {
            if (depth < 2 || objects.get(depth - 1) != object) {
                return false;
            }
            pop();
        }
        at++;
        pop();
        last = Last.CONTAINER;
        lastEnd = at;
        return true;
    }

    private void pop() {
        out.append(objects.get(depth) ? '}' : ']');
        depth--;
        state = State.NEXT;
    }

    /** The text ended: what is open is closed behind a value. Elsewhere, as in an empty list, one may be missing. */
    private boolean finish() {
        if (state != State.NEXT) {
            return false;
        }
        while (depth > 0) {
            pop();
        }
        at = limit;
        return true;
    }

    /** The brackets that would close all that is open. */
    private String closers() {
        StringBuilder closers = new StringBuilder();
        for (int level = depth; level > 0; level--) {
            closers.append(objects.get(level) ? '}' : ']');
        }
        return closers.toString();
    }
}
