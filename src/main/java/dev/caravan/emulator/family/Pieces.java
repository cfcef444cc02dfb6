package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts text as a model gives it, about a token at a time; never within a surrogate pair. */
final class Pieces {
    /** Words longer than this, and text without spaces, come in several pieces. */
    private static final int MAX_WORD = 16;

    private static final int JSON_PIECE = 12;
    /** A longer text comes in longer pieces. */
    private static final int MAX_PIECES = 2000;

    private Pieces() {}

    /** Words, each with the white space before it; joined they are the text. Empty for an empty text. */
    static List<String> words(String text) {
        int longest = Math.max(MAX_WORD, text.length() / MAX_PIECES);
        // A text of short words has more than are wanted: they are joined until they are as long as needed.
        int shortest = text.length() / MAX_PIECES;
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 1; at < text.length(); at++) {
            boolean newWord = Character.isWhitespace(text.charAt(at)) && !Character.isWhitespace(text.charAt(at - 1));
            boolean due = newWord ? at - from > shortest : at - from > longest;
            if (due && !Character.isLowSurrogate(text.charAt(at))) {
                pieces.add(text.substring(from, at));
                from = at;
            }
        }
        if (from < text.length()) {
            pieces.add(text.substring(from));
        }
        return pieces;
    }

    /** A tool's input as JSON text in pieces; none for an input without members, which a model leaves unsaid. */
    static List<String> json(JsonNode input) {
        return input.isEmpty() ? List.of() : json(new String(Json.write(input), StandardCharsets.UTF_8));
    }

    /** JSON text in pieces, wherever they end. */
    static List<String> json(String text) {
        int length = Math.max(JSON_PIECE, text.length() / MAX_PIECES);
        List<String> pieces = new ArrayList<>();
        for (int from = 0, to; from < text.length(); from = to) {
            to = Math.min(text.length(), from + length);
            if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to++;
            }
            pieces.add(text.substring(from, to));
        }
        return pieces;
    }
}
