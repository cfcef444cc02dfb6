package dev.caravan.runtime;

import java.math.BigDecimal;

/**
 * Text that is blank, is cut or came broken: never half a surrogate pair, which cannot be written as UTF-8. And numbers
 * as people write them.
 */
public final class Texts {
    private static final char REPLACEMENT = '\uFFFD';

    private static final double LEAST_PLAIN = 1e-9;
    private static final double MOST_PLAIN = 1e15;

    private Texts() {}

    /**
     * Whether there is nothing to see: white space as Unicode or Java defines it (no-break spaces too), zero-width
     * characters, marks of direction and byte order marks only.
     */
    public static boolean isBlank(String text) {
        return text.codePoints().allMatch(Texts::isInvisible);
    }

    private static boolean isInvisible(int c) {
        return Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || c == 0x85
                || c == 0x180E
                || c >= 0x200B && c <= 0x200F
                || c >= 0x202A && c <= 0x202E
                || c >= 0x2060 && c <= 0x2069
                || c == 0xFEFF;
    }

    /** A number without exponent and without a fraction of nothing: {@code 0.00001}, {@code -1}. */
    public static String number(double value) {
        double size = Math.abs(value);
        if (value != 0 && !(size >= LEAST_PLAIN && size < MOST_PLAIN)) {
            return Double.toString(value);
        }
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

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
