package dev.caravan.format;

import dev.caravan.runtime.Texts;
import java.util.function.Consumer;

/** Mends lone halves of surrogate pairs, as the reading of the whole text does first; a pair may be cut. */
final class PairFilter implements TextFilter {
    private String high = "";

    @Override
    public void add(String piece, Consumer<String> certain) {
        String text = high + piece;
        int end = text.length();
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        high = text.substring(end);
        if (end > 0) {
            certain.accept(Texts.wellFormed(text.substring(0, end)));
        }
    }
}
