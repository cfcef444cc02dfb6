package dev.caravan.bench;

import io.vertx.core.json.JsonObject;

/** Counts streams and their parts, and keeps the times to the first part and between two. Used on one event loop. */
final class StreamTally {
    private final Latencies first = new Latencies();
    private final Latencies gaps = new Latencies();
    private int streams;
    private long parts;
    private int notOk;
    private int incomplete;
    private int failures;

    void first(long nanos) {
        first.add(nanos);
    }

    void gap(long nanos) {
        gaps.add(nanos);
    }

    void parts(int count) {
        parts += count;
    }

    void answered(int status, boolean complete) {
        if (status != 200) {
            notOk++;
        } else if (complete) {
            streams++;
        } else {
            incomplete++;
        }
    }

    /** A connection that could not be opened, or was closed before its end. */
    void failure() {
        failures++;
    }

    /** Streams and connections that came to an end, whichever. */
    int total() {
        return streams + notOk + incomplete + failures;
    }

    long parts() {
        return parts;
    }

    JsonObject report(double seconds) {
        JsonObject report = new JsonObject()
                .put("seconds", seconds)
                .put("streams", streams)
                .put("parts", parts)
                .put("rate", Math.round(parts / seconds * 10) / 10.0);
        first.report(report, "first_");
        gaps.report(report, "gap_");
        return report.put("not_ok", notOk).put("incomplete", incomplete).put("failures", failures);
    }
}
