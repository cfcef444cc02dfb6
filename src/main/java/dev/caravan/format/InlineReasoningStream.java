package dev.caravan.format;

/**
 * Reasoning that a model writes into its answer, told from it while the text comes in pieces: what it gives out is what
 * {@link InlineReasoning} finds in the whole text, as far as that is certain. It holds back what may be part of a tag, white
 * space that may be an end's, and a beginning of which only the rest tells what it is; the whole reading gives that out.
 * Each piece is looked at once. Not thread-safe.
 *
 * <p>With {@code begun}, reasoning goes out as it comes. Should such an answer end by itself without a closing tag, the whole
 * reading takes it all for text: then the reasoning given out was none.
 */
final class InlineReasoningStream {

    /** Takes what is certain, in order; never empty. */
    interface Pieces {
        void text(String certain);

        void reasoning(String certain);
    }

    private enum State {
        BEGINNING,
        /** Not begun with the opening tag, and may be reasoning all the same. */
        UNTOLD,
        REASONING,
        BETWEEN,
        TEXT
    }

    private final String open;
    private final String close;
    private final boolean begun;
    private final boolean unopened;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private State state = State.BEGINNING;
    private int searched;
    private boolean partEmpty = true;
    private boolean reasoned;
    private boolean foundUnopened;

    /**
     * @param open the opening tag; the first character of neither tag stands in one of them again
     * @param close the closing tag
     * @param begun whether the prompt itself ended with the opening tag
     * @param unopened whether reasoning may lack its opening tag, see {@link InlineReasoning#splitThinking}
     */
    InlineReasoningStream(String open, String close, boolean begun, boolean unopened) {
        this.open = open;
        this.close = close;
        this.begun = begun;
        this.unopened = unopened;
    }

    /** Whether it has found a closing tag that no opening one stood before: the text behind it is not the whole text. */
    boolean foundUnopened() {
        return foundUnopened;
    }

    /** More of the model's text. */
    void add(String piece, Pieces out) {
        if (state != State.TEXT) {
            held.append(piece);
        } else if (!piece.isEmpty()) {
            out.text(piece);
        }
        boolean further = state != State.TEXT;
        while (further) {
            further = switch (state) {
                case BEGINNING -> beginning();
                case UNTOLD -> untold(out);
                case REASONING -> reasoning(out);
                case BETWEEN -> between();
                case TEXT -> text(out);
            };
        }
    }

    /** Whether the beginning has told what it is. */
    private boolean beginning() {
        int from = spaces();
        Boolean opened = opened(from);
        if (opened == null) {
            return false;
        }
        if (opened || begun) {
            enterPart(opened ? from + open.length() : from);
        } else {
            state = unopened ? State.UNTOLD : State.TEXT;
            searched = 0;
        }
        return true;
    }

    /** What stands before a closing tag that nothing opened is reasoning. */
    private boolean untold(Pieces out) {
        int start = held.indexOf(open, searched);
        int end = held.indexOf(close, searched);
        if (start < 0 && end < 0) {
            searched = Math.max(0, held.length() - Math.max(open.length(), close.length()) + 1);
            return false;
        }
        if (end >= 0 && (start < 0 || start > end)) {
            foundUnopened = true;
            enterPart(0);
        } else {
            state = State.TEXT;
        }
        return true;
    }

    private boolean reasoning(Pieces out) {
        int end = held.indexOf(close);
        int to = end < 0 ? held.length() - begunTag() : end;
        giveReasoning(held.substring(0, to), out);
        held.delete(0, end < 0 ? to : end + close.length());
        if (end < 0) {
            return false;
        }
        space.setLength(0);
        searched = 0;
        state = State.BETWEEN;
        return true;
    }

    private boolean between() {
        int from = spaces();
        Boolean opened = opened(from);
        if (opened == null) {
            return false;
        }
        if (opened) {
            enterPart(from + open.length());
        } else {
            held.delete(0, from);
            state = State.TEXT;
        }
        return true;
    }

    private boolean text(Pieces out) {
        if (!held.isEmpty()) {
            out.text(held.toString());
        }
        held.setLength(0);
        held.trimToSize();
        return false;
    }

    private void enterPart(int from) {
        held.delete(0, from);
        partEmpty = true;
        state = State.REASONING;
    }

    /** A part without the white space around it, and a blank line before it when there was another. */
    private void giveReasoning(String more, Pieces out) {
        int from = 0;
        int to = more.length();
        while (to > 0 && Character.isWhitespace(more.charAt(to - 1))) {
            to--;
        }
        if (partEmpty) {
            while (from < to && Character.isWhitespace(more.charAt(from))) {
                from++;
            }
        }
        if (from < to) {
            String before = partEmpty && reasoned ? "\n\n" : space.toString();
            out.reasoning(before + more.substring(from, to));
            space.setLength(0);
            partEmpty = false;
            reasoned = true;
        }
        if (!partEmpty) {
            space.append(more, to, more.length());
        }
    }

    /** Index behind the white space that the held text begins with. */
    private int spaces() {
        while (searched < held.length() && Character.isWhitespace(held.charAt(searched))) {
            searched++;
        }
        return searched;
    }

    /** Whether the opening tag stands there; null when it is too early to tell. */
    private Boolean opened(int from) {
        int there = Math.min(open.length(), held.length() - from);
        if (!open.startsWith(held.substring(from, from + there))) {
            return false;
        }
        return there == open.length() ? Boolean.TRUE : null;
    }

    /** How long an end of the held text may be the beginning of a closing tag. */
    private int begunTag() {
        int length = Math.min(close.length() - 1, held.length());
        while (length > 0 && !close.startsWith(held.substring(held.length() - length))) {
            length--;
        }
        return length;
    }
}
