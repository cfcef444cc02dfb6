package dev.caravan.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.OwnVertx;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A running emulator and a plain HTTP client that calls it with a bearer token. */
public final class EmulatorHarness implements AutoCloseable {
    public static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1%3A0";

    private final Vertx vertx = OwnVertx.create(1);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Emulator emulator;

    public EmulatorHarness() {
        this(EmulatorOptions.of(EmulatorModels.all()));
    }

    public EmulatorHarness(EmulatorOptions options) {
        try {
            emulator = Emulator.start(vertx, options)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the emulator did not start", e);
        }
    }

    public URI endpoint() {
        return emulator.endpoint();
    }

    public Vertx vertx() {
        return vertx;
    }

    public HttpClient client() {
        return client;
    }

    /** A request of an allowed caller. */
    public HttpRequest.Builder request(String rawPath) {
        return HttpRequest.newBuilder(endpoint().resolve(rawPath)).header("Authorization", "Bearer token");
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpResponse<String> post(String rawPath, String body) {
        return send(request(rawPath).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> get(String rawPath) {
        return send(request(rawPath).GET());
    }

    /** Invokes Claude 3 Haiku with one user message. */
    public HttpResponse<String> ask(String prompt) {
        return post("/model/" + HAIKU + "/invoke", prompt(prompt).toString());
    }

    /** Puts replies in line: the elements of a JSON array. */
    public void script(String replies) {
        HttpResponse<String> response = post("/_emulator/script", "{\"replies\": [" + replies + "]}");
        if (response.statusCode() != 200) {
            throw new IllegalArgumentException(response.body());
        }
    }

    /** What the emulator was sent. */
    public JsonNode requests() {
        return json(get("/_emulator/requests")).get("requests");
    }

    /** A smallest Messages body. */
    public static ObjectNode prompt(String text) {
        ObjectNode body = Json.object();
        body.put("anthropic_version", "bedrock-2023-05-31").put("max_tokens", 500);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    public static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    public static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        emulator.close();
        vertx.close();
    }
}
