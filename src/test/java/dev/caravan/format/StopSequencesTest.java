package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StopSequencesTest {

    @Property
    void find_isTheEarliestPlace(
            @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 40) String text,
            @ForAll @Size(max = 4) List<@CharRange(from = 'a', to = 'b') @StringLength(min = 1, max = 6) String> stop) {
        int earliest = stop.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);

        assertThat(StopSequences.find(text, stop)).isEqualTo(earliest);
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void find_readsTheTextOnceForEachSequence() {
        String text = "a".repeat(4_000_000);
        List<String> stop = Collections.nCopies(64, "a".repeat(500) + "b" + "a".repeat(499));

        assertThat(StopSequences.find(text, stop)).isEqualTo(-1);
    }
}
