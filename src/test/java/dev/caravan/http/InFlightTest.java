package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void tryEnter_refusesOverTheLimitOnly() {
        InFlight inFlight = new InFlight(2);

        assertThat(inFlight.tryEnter()).isTrue();
        assertThat(inFlight.tryEnter()).isTrue();
        assertThat(inFlight.tryEnter()).isFalse();
        assertThat(inFlight.count()).isEqualTo(2);
        inFlight.leave();
        assertThat(inFlight.tryEnter()).isTrue();
    }

    @Test
    void awaitIdle_endsWhenTheLastOneLeaves() throws Exception {
        InFlight inFlight = new InFlight(2);
        inFlight.tryEnter();
        assertThat(inFlight.awaitIdle(Duration.ZERO)).isFalse();
        Thread leaving = new Thread(inFlight::leave);
        leaving.start();

        assertThat(inFlight.awaitIdle(Duration.ofSeconds(10))).isTrue();
        leaving.join();
    }
}
