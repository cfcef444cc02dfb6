package dev.caravan.support;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server for tests of the wire: keeps what it was sent, and answers as it is told (200 and {@code {}} at first). */
public final class BedrockTestServer implements AutoCloseable {
    /** What was sent. */
    public record Seen(String method, String uri, MultiMap headers, byte[] body) {
        public String header(String name) {
            return headers.get(name);
        }
    }

    private final HttpServer server;
    private final String scheme;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger closedConnections = new AtomicInteger();
    private volatile Handler<HttpServerRequest> answer =
            answering(200, Map.of("Content-Type", "application/json"), "{}");

    public BedrockTestServer(Vertx vertx) {
        this(vertx, new HttpServerOptions());
    }

    public BedrockTestServer(Vertx vertx, HttpServerOptions options) {
        scheme = options.isSsl() ? "https" : "http";
        server = vertx.createHttpServer(options.setHost("127.0.0.1").setPort(0));
        server.connectionHandler(c -> c.closeHandler(v -> closedConnections.incrementAndGet()));
        server.requestHandler(request -> request.body().onSuccess(body -> {
            seen.add(new Seen(request.method().name(), request.uri(), request.headers(), body.getBytes()));
            answer.handle(request);
        }));
        await(server.listen());
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static Handler<HttpServerRequest> answering(int status, Map<String, String> headers, String body) {
        return answering(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Handler<HttpServerRequest> answering(int status, Map<String, String> headers, byte[] body) {
        return request -> {
            headers.forEach(request.response()::putHeader);
            request.response().setStatusCode(status).end(io.vertx.core.buffer.Buffer.buffer(body));
        };
    }

    public void answer(Handler<HttpServerRequest> handler) {
        answer = handler;
    }

    public void answer(int status, String type, String body) {
        answer(answering(
                status,
                type == null
                        ? Map.of("x-amzn-RequestId", "req-1")
                        : Map.of(
                                "x-amzn-RequestId",
                                "req-1",
                                "x-amzn-ErrorType",
                                type + ":http://internal.amazon.com/coral/com.amazon.bedrock/"),
                body));
    }

    public List<Seen> seen() {
        return seen;
    }

    public Seen last() {
        return seen.get(seen.size() - 1);
    }

    public int closedConnections() {
        return closedConnections.get();
    }

    public int port() {
        return server.actualPort();
    }

    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + port());
    }

    public URI uri(String host) {
        return URI.create(scheme + "://" + host + ":" + port());
    }

    @Override
    public void close() {
        await(server.close());
    }
}
