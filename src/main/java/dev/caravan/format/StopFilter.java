package dev.caravan.format;

import java.util.List;
import java.util.function.Consumer;

/**
 * Ends the text before the earliest stop sequence, as {@link StopSequences#find} does in the whole text. It never goes back
 * in the text, and reads it once for each sequence.
 */
final class StopFilter implements TextFilter {
    private final List<String> stop;
    private final int[][] borders;
    private final int[] matched;
    private final StringBuilder held = new StringBuilder();
    private int read;
    private int given;
    private int end = Integer.MAX_VALUE;
    private boolean over;

    /** @param stop not empty ones */
    StopFilter(List<String> stop) {
        this.stop = stop;
        this.borders = stop.stream().map(StopSequences::borders).toArray(int[][]::new);
        this.matched = new int[stop.size()];
    }

    @Override
    public void add(String piece, Consumer<String> certain) {
        int from = read;
        int begun = 0;
        while (!over && read - from < piece.length()) {
            begun = next(piece.charAt(read - from));
            over = end <= read - begun;
        }
        if (read == from) {
            return;
        }
        held.append(piece, 0, read - from);
        int to = Math.min(end, read - begun);
        if (to > given) {
            certain.accept(held.substring(0, to - given));
            held.delete(0, to - given);
            given = to;
        }
        if (over) {
            held.setLength(0);
            held.trimToSize();
        }
    }

    /** Reads a character; how long an end of the text may be the beginning of a sequence. */
    private int next(char c) {
        read++;
        int longest = 0;
        for (int i = 0; i < matched.length; i++) {
            matched[i] = StopSequences.matched(stop.get(i), borders[i], matched[i], c);
            if (matched[i] == stop.get(i).length()) {
                end = Math.min(end, read - matched[i]);
                matched[i] = 0;
            }
            longest = Math.max(longest, matched[i]);
        }
        return longest;
    }
}
