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
            while (matched > 0 && text.charAt(i) != sequence.charAt(matched)) {
                matched = borders[matched - 1];
            }
            if (text.charAt(i) == sequence.charAt(matched)) {
                matched++;
            }
            if (matched == sequence.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** For each beginning of the sequence the length of its longest end that also begins it. */
    private static int[] borders(String sequence) {
        int[] borders = new int[sequence.length()];
        int length = 0;
        for (int i = 1; i < sequence.length(); i++) {
            while (length > 0 && sequence.charAt(i) != sequence.charAt(length)) {
                length = borders[length - 1];
            }
            if (sequence.charAt(i) == sequence.charAt(length)) {
                length++;
            }
            borders[i] = length;
        }
        return borders;
    }
}
