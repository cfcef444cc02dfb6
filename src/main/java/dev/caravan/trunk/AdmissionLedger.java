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
        public Duration untilPermit(int ahead) {
            return Duration.ZERO;
        }
    };

    /** Notes that the throttle has just admitted a call. */
    void admitted();

    /**
     * How long until a permit is free for a caller who asks now; zero when one is.
     *
     * @param ahead how many others take a permit first, each as soon as one is free
     */
    Duration untilPermit(int ahead);
}
