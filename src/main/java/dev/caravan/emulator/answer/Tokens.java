package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;

/** Counts tokens: four characters (UTF-16 units) each, rounded up. */
public final class Tokens {
    private static final int CHARS = 4;

    private Tokens() {}

    public static long of(CharSequence text) {
        return ofLength(text.length());
    }

    /** @param chars number of characters, at least 0 */
    public static long ofLength(long chars) {
        return (chars + CHARS - 1) / CHARS;
    }

    /** The most text that the tokens hold; never half a surrogate pair. */
    static String cut(String text, long tokens) {
        if (Tokens.of(text) <= tokens) {
            return text;
        }
        int end = (int) (tokens * CHARS);
        return text.substring(0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    /** Characters of all text values named {@code text}, at any depth. */
    public static long charsOfText(JsonNode node) {
        long chars =
                node.path("text").isTextual() ? node.path("text").textValue().length() : 0;
        for (JsonNode child : node) {
            chars += charsOfText(child);
        }
        return chars;
    }
}
