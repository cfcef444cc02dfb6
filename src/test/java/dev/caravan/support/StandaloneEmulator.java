package dev.caravan.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;

/**
 * The emulator as a process of its own: it remembers what it was asked while its callers are killed. It keeps its last
 * 1000 requests; what was seen once is remembered here.
 */
public final class StandaloneEmulator implements AutoCloseable {
    private final JarProcess process;
    private final URI address;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Of each request, by its id, the marks in its body. */
    private final Map<String, Set<String>> seen = new HashMap<>();

    public StandaloneEmulator(Path folder) {
        process = JarProcess.start(folder, Map.of(), List.of(), "emulator", "--port", "0");
        try {
            address = process.awaitReady();
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    public URI address() {
        return address;
    }

    /** How often each mark was asked about so far, answered or not. */
    public synchronized Map<String, Integer> calls() {
        for (JsonNode request : requests()) {
            seen.computeIfAbsent(
                    request.path("id").asText(),
                    id -> marks(request.path("body").asText()));
        }
        Map<String, Integer> calls = new HashMap<>();
        seen.values().forEach(marks -> marks.forEach(mark -> calls.merge(mark, 1, Integer::sum)));
        return calls;
    }

    /** How often one mark was asked about so far. */
    public int calls(String mark) {
        return calls().getOrDefault(mark, 0);
    }

    /** The body of the last request that holds a mark. */
    public String lastBody(String mark) {
        String body = null;
        for (JsonNode request : requests()) {
            if (request.path("body").asText().contains(mark)) {
                body = request.path("body").asText();
            }
        }
        if (body == null) {
            throw new AssertionError("never asked about " + mark);
        }
        return body;
    }

    private JsonNode requests() {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/_emulator/requests")).build();
        try {
            String answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            return Json.mapper().readTree(answer).path("requests");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Set<String> marks(String body) {
        Set<String> marks = new TreeSet<>();
        Matcher found = DroppedFile.MARK.matcher(body);
        while (found.find()) {
            marks.add(found.group());
        }
        return marks;
    }

    @Override
    public void close() {
        process.close();
    }
}
