package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;

/** Where an array stands in a text: brackets are punctuation too, as in {@code arr[5]} and {@code the source [2]}. */
final class ArrayPlace {
    /** What may stand around an array on its line without making it a part of a sentence. */
    private static final String MARKS_BEFORE = "`*-+>";

    private static final String MARKS_BEHIND = "`*.,;!]})";

    private ArrayPlace() {}

    /**
     * Whether it stands behind a colon, or on a line of its own.
     *
     * @param from where its surroundings begin: those of a fenced block are the block
     * @param to where they end, exclusive
     */
    static boolean standsAlone(String text, int from, int start, int end, int to) {
        int before = start - 1;
        while (before >= from && text.charAt(before) != '\n' && isMark(text.charAt(before), MARKS_BEFORE)) {
            before--;
        }
        if (before >= from && (text.charAt(before) == ':' || text.charAt(before) == '\uff1a')) {
            return true;
        }
        int behind = end;
        while (behind < to && text.charAt(behind) != '\n' && isMark(text.charAt(behind), MARKS_BEHIND)) {
            behind++;
        }
        return (before < from || text.charAt(before) == '\n') && (behind >= to || text.charAt(behind) == '\n');
    }

    private static boolean isMark(char c, String marks) {
        return Blanks.isBlank(c) || marks.indexOf(c) >= 0;
    }

    /** Whether it holds nothing that prose would not have in brackets: it is empty, or of numbers and such. */
    static boolean couldBeANote(JsonNode data) {
        boolean note = data.isArray();
        for (JsonNode item : data) {
            note &= item.isValueNode() && !item.isTextual();
        }
        return note;
    }
}
