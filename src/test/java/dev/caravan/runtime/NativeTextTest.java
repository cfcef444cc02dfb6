package dev.caravan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NativeTextTest {
    @Test
    void utf8_saysEverything() {
        assertThat(NativeText.canSay("gr\u00F6\uFFFD", StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    void otherEncodings_sayWhatTheyHave() {
        assertThat(NativeText.canSay("plain", StandardCharsets.US_ASCII)).isTrue();
        assertThat(NativeText.canSay("gr\uFFFD", StandardCharsets.US_ASCII)).isFalse();
        assertThat(NativeText.canSay("gr\u00F6", StandardCharsets.ISO_8859_1)).isTrue();
        assertThat(NativeText.canSay("gr\uFFFD", StandardCharsets.ISO_8859_1)).isFalse();
    }
}
