package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @Test
    void secondsAndDatesAreRead() {
        assertThat(RetryAfter.parse(" 7 ", CLOCK)).contains(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse("0", CLOCK)).contains(Duration.ZERO);
        assertThat(RetryAfter.parse("Sun, 01 Mar 2026 12:00:30 GMT", CLOCK)).contains(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("999999999999", CLOCK)).contains(Duration.ofDays(1));
        assertThat(RetryAfter.parse("999999999999999999999", CLOCK)).contains(Duration.ofDays(1));
        assertThat(RetryAfter.parse("Sun, 01 Mar 2099 12:00:30 GMT", CLOCK)).contains(Duration.ofDays(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "Sun, 01 Mar 2026 11:59:00 GMT"})
    void whatIsSillyIsNoWait(String text) {
        assertThat(RetryAfter.parse(text, CLOCK)).isEmpty();
    }

    @Property
    void anyTextIsAWaitOrNone(@ForAll String text) {
        Optional<Duration> wait = RetryAfter.parse(text, CLOCK);

        assertThat(wait.map(Duration::isNegative).orElse(false)).isFalse();
    }
}
