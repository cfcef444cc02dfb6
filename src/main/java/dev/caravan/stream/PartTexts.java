package dev.caravan.stream;

import dev.caravan.chat.Part;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The text among parts. */
final class PartTexts implements Iterator<String> {
    private final Iterator<Part> parts;
    private String next;

    PartTexts(Iterator<Part> parts) {
        this.parts = parts;
    }

    @Override
    public boolean hasNext() {
        while (next == null && parts.hasNext()) {
            if (parts.next() instanceof Part.Text text) {
                next = text.text();
            }
        }
        return next != null;
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The answer is at its end.");
        }
        String given = next;
        next = null;
        return given;
    }
}
