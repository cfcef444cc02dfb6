package dev.caravan.structured;

/** What surrounds and separates JSON without meaning anything. */
final class Blanks {
    private Blanks() {}

    /** The whitespace of JSON, and what editors and models put in its place: no-break and zero-width spaces, BOM. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r' || isOdd(c);
    }

    /** Blank, but not the whitespace of JSON. */
    static boolean isOdd(char c) {
        return c == '\u00a0'
                || c >= '\u2000' && c <= '\u200d'
                || c == '\u2028'
                || c == '\u2029'
                || c == '\u202f'
                || c == '\u205f'
                || c == '\u2060'
                || c == '\u3000'
                || c == '\ufeff'
                || c == '\f'
                || c == '\u000b'
                || c == '\u0085';
    }

    static String trimmed(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }
}
