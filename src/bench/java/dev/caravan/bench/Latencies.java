package dev.caravan.bench;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;

/** Keeps times in microseconds, each of them. Used on one event loop. */
final class Latencies {
    private int[] micros = new int[1 << 16];
    private int count;

    void add(long nanos) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, count * 2);
        }
        micros[count++] = (int) Math.min(Integer.MAX_VALUE, nanos / 1000);
    }

    int count() {
        return count;
    }

    /** Puts the percentiles into the report, each name after the prefix; null when nothing was added. */
    void report(JsonObject report, String prefix) {
        Arrays.sort(micros, 0, count);
        report.put(prefix + "p50_ms", millisAt(0.50))
                .put(prefix + "p90_ms", millisAt(0.90))
                .put(prefix + "p99_ms", millisAt(0.99))
                .put(prefix + "max_ms", millisAt(1.0));
    }

    /** Nearest rank. */
    private Double millisAt(double share) {
        if (count == 0) {
            return null;
        }
        int rank = (int) Math.ceil(share * count);
        return micros[Math.max(rank, 1) - 1] / 1000.0;
    }
}
