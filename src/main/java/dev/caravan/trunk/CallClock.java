package dev.caravan.trunk;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The times of one call. Used by one thread at a time, apart from {@link #upstreamTime()}, {@link #firstPart()} and {@link #isCalling()}. */
final class CallClock {
    private final LongSupplier nanoTime;
    private final long startNanos;
    private long deadlineNanos;
    private volatile long upstreamNanos;
    private long upstreamSince;
    private boolean upstream;
    private volatile Duration firstPart;
    private volatile boolean calling;
    private long limitWaitSince;
    private boolean limitWait;

    /** @param total the total timeout */
    CallClock(Duration total, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.deadlineNanos = startNanos + total.toNanos();
    }

    /** Time since the request came in. */
    Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - startNanos);
    }

    /** Time left of the total timeout; zero or negative when it is over. */
    Duration remaining() {
        return Duration.ofNanos(deadlineNanos - nanoTime.getAsLong());
    }

    /** A wait for the limit begins, which counts neither against the total timeout nor as upstream time. */
    void limitWaitBegins() {
        if (!limitWait) {
            limitWaitSince = nanoTime.getAsLong();
            limitWait = true;
        }
    }

    /** The wait for the limit is over, if there was one. */
    void limitWaitEnds() {
        if (limitWait) {
            deadlineNanos += nanoTime.getAsLong() - limitWaitSince;
            limitWait = false;
        }
    }

    /** A paid call begins. */
    void callBegins() {
        calling = true;
        upstreamBegins();
    }

    /** Upstream time begins: a paid call, or the wait before the next. */
    void upstreamBegins() {
        upstreamSince = nanoTime.getAsLong();
        upstream = true;
    }

    /** Upstream time ends, if it had begun. */
    void upstreamEnds() {
        calling = false;
        if (upstream) {
            upstreamNanos += nanoTime.getAsLong() - upstreamSince;
            upstream = false;
        }
    }

    boolean inUpstreamCall() {
        return upstream;
    }

    /** Whether a paid call is under way. */
    boolean isCalling() {
        return calling;
    }

    /** A part of a streamed answer is given out. */
    void partGiven() {
        if (firstPart == null) {
            firstPart = elapsed();
        }
    }

    /** From the begin to the first part that was given out; null when none was. */
    Duration firstPart() {
        return firstPart;
    }

    Duration upstreamTime() {
        return Duration.ofNanos(upstreamNanos);
    }
}
