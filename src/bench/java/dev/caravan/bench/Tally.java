package dev.caravan.bench;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** Counts answers and keeps their latencies in microseconds. Used on one event loop. */
final class Tally {
    private static final int OK = 200;

    private final Latencies ok = new Latencies();
    private final Latencies notOk = new Latencies();
    private final Map<String, Integer> notOkByStatus = new TreeMap<>();
    private int failures;

    void answer(int status, long nanos) {
        if (status == OK) {
            ok.add(nanos);
        } else {
            notOk.add(nanos);
            notOkByStatus.merge(Integer.toString(status), 1, Integer::sum);
        }
    }

    /** A connection that could not be opened, or was closed before its answer. */
    void failure() {
        failures++;
    }

    int total() {
        return ok.count() + notOk.count() + failures;
    }

    /** Percentiles are of answers with 200; those of all others stand under {@code not_ok_…}. */
    JsonObject report(double seconds) {
        JsonObject report = new JsonObject()
                .put("seconds", seconds)
                .put("requests", ok.count())
                .put("rate", Math.round(ok.count() / seconds * 10) / 10.0);
        ok.report(report, "");
        JsonObject statuses = new JsonObject();
        notOkByStatus.forEach(statuses::put);
        report.put("not_ok", notOk.count()).put("not_ok_by_status", statuses);
        notOk.report(report, "not_ok_");
        return report.put("failures", failures);
    }
}
