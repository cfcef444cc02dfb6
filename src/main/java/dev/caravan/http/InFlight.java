package dev.caravan.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests in work and refuses what is over the limit. Thread-safe. */
final class InFlight {
    private final int max;
    private final AtomicInteger count = new AtomicInteger();

    InFlight(int max) {
        this.max = max;
    }

    /** Whether there was room; then {@link #leave()} is due once. */
    boolean tryEnter() {
        if (count.incrementAndGet() <= max) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        if (count.decrementAndGet() == 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    int count() {
        return count.get();
    }

    /** Waits until nothing is in work; false when the time was up before. */
    synchronized boolean awaitIdle(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (count.get() > 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
        }
        return true;
    }
}
