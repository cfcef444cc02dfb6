package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.config.Settings;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final Settings.Retry RETRY = new Settings.Retry(10, Duration.ofSeconds(1), Duration.ofSeconds(60));

    @ParameterizedTest
    @CsvSource({"1,1000", "2,2000", "3,4000", "4,8000", "6,32000", "7,60000", "10,60000"})
    void step_doublesUpToTheLongestWait(int retry, long millis) {
        assertThat(new Backoff(RETRY, () -> 0.5).before(retry)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"1,800,1200", "3,3200,4800", "10,48000,72000"})
    void jitter_isOfItsOwnStep(int retry, long least, long most) {
        assertThat(new Backoff(RETRY, () -> 0.0).before(retry)).isEqualTo(Duration.ofMillis(least));
        assertThat(new Backoff(RETRY, () -> 1.0).before(retry)).isEqualTo(Duration.ofMillis(most));
    }
}
