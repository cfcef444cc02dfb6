package dev.caravan.format;

import java.util.function.Consumer;

/** Drops the white space that the whole text begins with. */
final class LeadingSpaceFilter implements TextFilter {
    private boolean begun;

    @Override
    public void add(String piece, Consumer<String> certain) {
        String text = begun ? piece : piece.stripLeading();
        if (!text.isEmpty()) {
            begun = true;
            certain.accept(text);
        }
    }
}
