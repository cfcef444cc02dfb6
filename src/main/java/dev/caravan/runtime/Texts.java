package dev.caravan.runtime;

/** Text that is cut or came broken: never half a surrogate pair, which cannot be written as UTF-8. */
public final class Texts {
    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /** At most {@code max} UTF-16 units, with an ellipsis when cut. */
    public static String shorten(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }

    /** Index of the first half of a surrogate pair that stands alone, or -1. */
    public static int loneSurrogate(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isLowSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1))) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** The text with each lone half of a surrogate pair replaced by U+FFFD. */
    public static String wellFormed(String text) {
        int lone = loneSurrogate(text, 0);
        if (lone < 0) {
            return text;
        }
        StringBuilder mended = new StringBuilder(text);
        for (; lone >= 0; lone = loneSurrogate(mended, lone + 1)) {
            mended.setCharAt(lone, REPLACEMENT);
        }
        return mended.toString();
    }
}
