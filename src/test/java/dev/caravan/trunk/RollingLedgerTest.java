package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RollingLedgerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
    private final RollingLedger ledger = new RollingLedger(2, Duration.ofSeconds(10), now::get);

    @Test
    void untilPermit_isZeroWhileThereArePermits() {
        ledger.admitted();

        assertThat(ledger.untilPermit(0)).isZero();
    }

    @Test
    void untilPermit_isWhenTheOldestLeavesTheWindow() {
        ledger.admitted();
        advance(3);
        ledger.admitted();
        advance(1);

        assertThat(ledger.untilPermit(0)).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void window_rolls() {
        ledger.admitted();
        advance(3);
        ledger.admitted();
        advance(7);
        assertThat(ledger.untilPermit(0)).isZero();

        ledger.admitted();

        assertThat(ledger.untilPermit(0)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void thoseAhead_takeThePermitsInTurn() {
        ledger.admitted();
        advance(3);
        ledger.admitted();

        assertThat(ledger.untilPermit(0)).isEqualTo(Duration.ofSeconds(7));
        assertThat(ledger.untilPermit(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(ledger.untilPermit(2)).isEqualTo(Duration.ofSeconds(17));
    }

    private void advance(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
