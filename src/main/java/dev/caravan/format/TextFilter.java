package dev.caravan.format;

import java.util.function.Consumer;

/**
 * What of a text that comes in pieces is certain to stand in the answer. What it holds back is given out by the reading of
 * the whole. It looks at each piece once, wherever the text is cut. Not thread-safe.
 */
@FunctionalInterface
interface TextFilter {

    /**
     * @param piece more of the text
     * @param certain takes what follows what it was given before; never empty unless the piece is
     */
    void add(String piece, Consumer<String> certain);

    /** This one, and then another on what it lets through. */
    default TextFilter then(TextFilter next) {
        return (piece, certain) -> add(piece, through -> next.add(through, certain));
    }
}
