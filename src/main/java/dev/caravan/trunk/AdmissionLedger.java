package dev.caravan.trunk;

import java.time.Duration;

/**
 * Remembers admissions of the throttle, to tell when the next permit is free. One node keeps it in memory; nodes
 * that share a limit would share a ledger.
 */
public interface AdmissionLedger {

    /** For a throttle that is left out: a permit is always free. */
    AdmissionLedger UNLIMITED = new AdmissionLedger() {
        @Override
        public void admitted() {}

        @Override
        public Duration untilPermit() {
            return Duration.ZERO;
        }

        @Override
        public Duration queueUp() {
            return Duration.ZERO;
        }

        @Override
        public void leaveQueue() {}
    };

    /** Notes that the throttle has just admitted a call. */
    void admitted();

    /** How long until a permit is free for a caller who asks now; zero when one is. */
    Duration untilPermit();

    /**
     * Takes a place among those who wait.
     *
     * @return how long to wait before asking the throttle; zero when a permit is free and nobody waits
     */
    Duration queueUp();

    /** Gives up the place taken by {@link #queueUp()}; to be called once when the wait is over. */
    void leaveQueue();
}
