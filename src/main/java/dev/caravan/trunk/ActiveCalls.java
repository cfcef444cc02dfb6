package dev.caravan.trunk;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** The calls under way, so that a stop can end their waits and cut off their paid calls. Thread-safe. */
final class ActiveCalls {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** From the end of a call to its caller's taking the answer, on another thread and out of sight. */
    private static final Duration HANDING_OVER = Duration.ofMillis(100);

    private final Set<TrunkCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** Keeps the call until its exchange is done. */
    void begin(Exchange exchange, TrunkCall call) {
        calls.add(call);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                end(call);
            }
        });
        if (ended) {
            call.cancellation().stop();
        }
    }

    private void end(TrunkCall call) {
        calls.remove(call);
        call.end();
        if (ended) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Whether a call is under way that has been paid for, or may be so any moment. */
    boolean anyPaid() {
        return calls.stream().anyMatch(TrunkCall::isPaidOrCalling);
    }

    /** Cancels every call, later ones too, and waits a second at most until their callers have been answered. */
    void endAll() {
        ended = true;
        if (calls.isEmpty()) {
            return;
        }
        calls.forEach(call -> call.cancellation().stop());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            synchronized (this) {
                long left = PATIENCE.toNanos();
                while (!calls.isEmpty() && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                    left = deadline - System.nanoTime();
                }
            }
            TimeUnit.MILLISECONDS.sleep(HANDING_OVER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
