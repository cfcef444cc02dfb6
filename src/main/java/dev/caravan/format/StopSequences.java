package dev.caravan.format;

import java.util.List;

/** Stop sequences for families whose body has none: the answer is cut where the model would have stopped. */
final class StopSequences {
    private StopSequences() {}

    /**
     * Where the answer ends. Each stop sequence is looked for once along the text, whatever repeats in either.
     *
     * @param stop not empty ones
     * @return index of the earliest stop sequence, or -1 when none is in the text
     */
    static int find(String text, List<String> stop) {
        int earliest = -1;
        for (String sequence : stop) {
            int end = earliest < 0 ? text.length() : Math.min(text.length(), earliest + sequence.length());
            int at = indexOf(text, end, sequence);
            earliest = at >= 0 && (earliest < 0 || at < earliest) ? at : earliest;
        }
        return earliest;
    }

    /** Knuth, Morris and Pratt's search: it never goes back in the text. */
    private static int indexOf(String text, int end, String sequence) {
        int[] borders = borders(sequence);
        int matched = 0;
        for (int i = 0; i < end; i++) {
            matched = matched(sequence, borders, matched, text.charAt(i));
            if (matched == sequence.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /**
     * How much of a sequence a text ends with, one character later.
     *
     * @param borders of the sequence
     * @param matched how much it ended with before, less than all
     */
    static int matched(String sequence, int[] borders, int matched, char next) {
        int length = matched;
        while (length > 0 && next != sequence.charAt(length)) {
            length = borders[length - 1];
        }
        return next == sequence.charAt(length) ? length + 1 : length;
    }

    /** For each beginning of the sequence the length of its longest end that also begins it. */
    static int[] borders(String sequence) {
        int[] borders = new int[sequence.length()];
        int length = 0;
        for (int i = 1; i < sequence.length(); i++) {
            length = matched(sequence, borders, length, sequence.charAt(i));
            borders[i] = length;
        }
        return borders;
    }
}
