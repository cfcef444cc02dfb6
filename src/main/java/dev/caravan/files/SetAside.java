package dev.caravan.files;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Jobs whose outcome is kept on disk but cannot be put into its place, and when each is tried again: after 100 ms, then
 * twice as long each time, up to 10 s. Not thread-safe.
 */
final class SetAside {
    /** More than these hold their slots. */
    static final int MAX = 1000;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final int MAX_DOUBLINGS = 7;
    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    private final Map<JobRun, Long> next = new LinkedHashMap<>();

    /** False when there are too many. */
    boolean add(JobRun run, long nowNanos) {
        if (next.size() >= MAX) {
            return false;
        }
        long pause = FIRST_PAUSE.toNanos() << Math.min(run.tries(), MAX_DOUBLINGS);
        next.put(run, nowNanos + Math.min(pause, MAX_PAUSE.toNanos()));
        return true;
    }

    List<JobRun> removeDue(long nowNanos) {
        List<JobRun> due = next.entrySet().stream()
                .filter(entry -> nowNanos - entry.getValue() >= 0)
                .map(Map.Entry::getKey)
                .toList();
        due.forEach(next::remove);
        return due;
    }

    List<JobRun> removeAll() {
        List<JobRun> all = new ArrayList<>(next.keySet());
        next.clear();
        return all;
    }

    boolean isEmpty() {
        return next.isEmpty();
    }
}
