package dev.caravan.trunk;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Remembers for 10 minutes which models do not have the provider's parameter for a schema, so that requests do not ask in
 * vain each time. Thread-safe.
 */
final class NativeRefusals {
    static final Duration REMEMBERED = Duration.ofMinutes(10);

    /** Callers can make up any number of ids. */
    static final int MAX = 200;

    private final Map<String, Long> since = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    NativeRefusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param callId the id, inference profile or ARN that was called: what it has differs by these */
    void add(String callId) {
        if (since.size() >= MAX) {
            since.values().removeIf(this::isOver);
        }
        if (since.size() < MAX) {
            since.put(callId, nanoTime.getAsLong());
        }
    }

    boolean has(String callId) {
        Long time = since.get(callId);
        return time != null && !isOver(time);
    }

    private boolean isOver(long time) {
        return nanoTime.getAsLong() - time >= REMEMBERED.toNanos();
    }
}
