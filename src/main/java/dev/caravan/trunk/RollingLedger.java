package dev.caravan.trunk;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The last N admissions in a ring. Each is noted just after the throttle took its permit, so the time told here
 * is never before the throttle's own.
 */
final class RollingLedger implements AdmissionLedger {
    private final long[] admissions;
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private long total;

    RollingLedger(int permits, Duration window, LongSupplier nanoTime) {
        this.admissions = new long[permits];
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void admitted() {
        admissions[(int) (total++ % admissions.length)] = nanoTime.getAsLong();
    }

    /** Those ahead take the permits that come free first, window after window. */
    @Override
    public synchronized Duration untilPermit(int ahead) {
        int permits = admissions.length;
        long index = total - permits + ahead % permits;
        long windows = ahead / permits;
        long base = index < 0 ? 0 : admissions[(int) (index % permits)] + windowNanos - nanoTime.getAsLong();
        long wait = Math.max(0, base) + windows * windowNanos;
        return Duration.ofNanos(wait);
    }
}
