package dev.caravan.format;

import java.util.List;

/** Stop sequences for families whose body has none: the answer is cut where the model would have stopped. */
final class StopSequences {
    private StopSequences() {}

    /**
     * Where the answer ends.
     *
     * @return index of the earliest stop sequence, or -1 when none is in the text
     */
    static int find(String text, List<String> stop) {
        return stop.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }
}
