package dev.caravan.provider.bedrock;

import dev.caravan.config.Settings;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.BedrockTestServer;
import dev.caravan.support.WireSettings;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A server, and providers that call it. */
@Timeout(60)
abstract class WireTestBase {
    static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
    static final Map<String, String> JSON = Map.of("Content-Type", "application/json", "Accept", "application/json");

    Vertx vertx;
    BedrockTestServer server;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void startServer() {
        vertx = Vertx.vertx();
        server = new BedrockTestServer(vertx);
    }

    @AfterEach
    void stopServer() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    WireSettings settings() {
        return new WireSettings().endpoint(server.uri());
    }

    BedrockProvider open(Settings settings) {
        return open(settings, Clock.systemUTC());
    }

    BedrockProvider open(Settings settings, Clock clock) {
        return keep(BedrockProvider.open(settings, BedrockTarget.aws(), vertx, clock));
    }

    <T extends AutoCloseable> T keep(T closeable) {
        opened.add(0, closeable);
        return closeable;
    }

    static BedrockWire.Call call(String body) {
        return call(MODEL, body.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10), null);
    }

    static BedrockWire.Call call(String model, byte[] body, Duration timeout, Cancellation cancellation) {
        return new BedrockWire.Call(BedrockWire.Operation.INVOKE, model, JSON, body, timeout, cancellation);
    }

    static BedrockWire.Reply send(BedrockProvider provider, BedrockWire.Call call) throws Exception {
        return provider.wire().send(call).get(20, TimeUnit.SECONDS);
    }

    static LlmException failure(BedrockProvider provider, BedrockWire.Call call) throws Exception {
        try {
            throw new AssertionError("no failure but " + send(provider, call));
        } catch (ExecutionException e) {
            return BedrockErrors.toLlm(e.getCause());
        }
    }
}
