package dev.caravan.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.aws.HttpCall;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The last 1000 requests, and no more than 64 MiB of their bodies, for tests to look at. Thread-safe. */
final class RequestLog {
    private static final int MAX_ENTRIES = 1000;
    private static final long MAX_BYTES = 64L << 20;
    private static final Set<String> SECRETS = Set.of("authorization", "x-amz-security-token", "x-api-key");
    private static final Pattern SIGNATURE = Pattern.compile("(Signature=[0-9a-f]{8})[0-9a-f]+");
    private static final int SHOWN = 4;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long bytes;

    /** One request and what became of it. */
    static final class Entry {
        private final String id;
        private final HttpCall call;
        private int status;
        private boolean aborted;

        private Entry(String id, HttpCall call) {
            this.id = id;
            this.call = call;
        }
    }

    synchronized Entry add(String id, HttpCall call) {
        Entry entry = new Entry(id, call);
        entries.add(entry);
        bytes += call.body().length;
        while (entries.size() > MAX_ENTRIES || bytes > MAX_BYTES) {
            bytes -= entries.remove().call.body().length;
        }
        return entry;
    }

    /** Notes the status that was sent. */
    synchronized void answered(Entry entry, int status) {
        entry.status = status;
    }

    /** Notes that the client went away before it had its answer. */
    synchronized void aborted(Entry entry) {
        entry.aborted = true;
    }

    synchronized void clear() {
        entries.clear();
        bytes = 0;
    }

    /** {@code {"requests": [{"id","method","path","headers","body","status","aborted"}]}}, oldest first. */
    synchronized ObjectNode toJson() {
        ObjectNode root = Json.object();
        ArrayNode requests = root.putArray("requests");
        for (Entry entry : entries) {
            HttpCall call = entry.call;
            ObjectNode request = requests.addObject();
            request.put("id", entry.id);
            request.put("method", call.method());
            request.put("path", call.rawQuery().isEmpty() ? call.rawPath() : call.rawPath() + "?" + call.rawQuery());
            ObjectNode headers = request.putObject("headers");
            call.headers().forEach((name, values) -> headers.put(name, shown(name, String.join(", ", values))));
            request.put("body", new String(call.body(), StandardCharsets.UTF_8));
            if (entry.status != 0) {
                request.put("status", entry.status);
            }
            request.put("aborted", entry.aborted);
        }
        return root;
    }

    private static String shown(String name, String value) {
        if (!SECRETS.contains(name.toLowerCase(Locale.ROOT))) {
            return value;
        }
        if (value.startsWith("AWS4-")) {
            return SIGNATURE.matcher(value).replaceAll("$1…");
        }
        int from = value.indexOf(' ') + 1;
        return value.substring(0, Math.min(value.length(), from + SHOWN)) + "…";
    }
}
