package dev.caravan.component;

import dev.caravan.chat.LlmStream;
import dev.caravan.chat.Part;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Parts for Camel's split, which asks {@code hasNext} before it hands on the part that it has: this one says yes until the end was
 * seen, without waiting. {@code next} waits, and gives null once at the end, over which a split passes.
 */
final class PartsAtOnce implements Iterator<Part> {
    private final Iterator<Part> parts;
    private boolean ended;

    PartsAtOnce(LlmStream stream) {
        this.parts = stream.iterator();
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public Part next() {
        if (ended) {
            throw new NoSuchElementException("The answer is at its end.");
        }
        ended = !parts.hasNext();
        return ended ? null : parts.next();
    }
}
