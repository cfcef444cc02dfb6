package dev.caravan.provider.bedrock;

import io.vertx.core.impl.ContextInternal;
import java.time.Duration;

/**
 * A time that something must happen by, moved as often as a stream has frames: a timer is set anew only when it fires too
 * early. Belongs to one event loop.
 */
final class Deadline {
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final ContextInternal context;
    private final Runnable missed;
    private boolean counts;
    private long dueNanos;
    private long timer = -1;
    private long timerNanos;

    /** @param missed run when the time is up */
    Deadline(ContextInternal context, Runnable missed) {
        this.context = context;
        this.missed = missed;
    }

    /** Counts from now, whatever counted before. */
    void start(Duration limit) {
        counts = true;
        dueNanos = System.nanoTime() + limit.toNanos();
        if (timer < 0) {
            setTimer(limit.toNanos());
        } else if (timerNanos - dueNanos > 0) {
            close(timer);
            setTimer(limit.toNanos());
        }
    }

    /** Counts no more, until the next start. */
    void stop() {
        counts = false;
    }

    /** Stops, and leaves no timer behind. */
    void close() {
        stop();
        if (timer >= 0) {
            close(timer);
        }
    }

    private void close(long id) {
        context.owner().cancelTimer(id);
        timer = -1;
    }

    private void setTimer(long nanos) {
        long millis = Math.max(1, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        timerNanos = System.nanoTime() + millis * NANOS_PER_MILLI;
        timer = context.setTimer(millis, fired -> fired());
    }

    private void fired() {
        timer = -1;
        if (!counts) {
            return;
        }
        long left = dueNanos - System.nanoTime();
        if (left > 0) {
            setTimer(left);
        } else {
            counts = false;
            missed.run();
        }
    }
}
