package dev.caravan.support;

import dev.caravan.config.Secret;
import dev.caravan.config.Settings;
import dev.caravan.http.HttpDoor;
import dev.caravan.http.HttpLimits;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.Health;
import dev.caravan.observe.HealthState;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Workers;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** An HTTP door on a port of its own, over a Camel context with a test's routes; and a client for it. */
public final class DoorUnderTest implements AutoCloseable {
    /** Limits for tests that are not about them. */
    public static final HttpLimits LIMITS = HttpLimits.DEFAULT;

    /** {@code caravan.http.ping} for tests that are not about it. */
    public static final Duration PING = Duration.ofSeconds(15);

    private static final int WORKERS = 8;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Vertx vertx = OwnVertx.create(2);
    private final Workers workers;
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final HealthState state = new HealthState(true);
    private final Metrics metrics = new Metrics(model -> model);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpDoor door;

    private DoorUnderTest(Settings.Http settings, HttpLimits limits, int threads) {
        this.workers = Workers.create("test-worker", threads);
        this.door = new HttpDoor(
                settings, new HttpDoor.Parts(vertx, workers, metrics, new AccessLog(log::add), true, limits));
    }

    /** Settings with a random port on the loopback, 1 MiB of body and 1000 requests in work. */
    public static Settings.Http settings() {
        return new Settings.Http(0, "127.0.0.1", List.of(), List.of(), 1 << 20, 1000, PING);
    }

    public static Settings.Http withKeys(String... keys) {
        List<Secret> secrets = Stream.of(keys).map(Secret::new).toList();
        return new Settings.Http(0, "127.0.0.1", List.of(), secrets, 1 << 20, 1000, PING);
    }

    public static Settings.Http withOrigins(String... origins) {
        return new Settings.Http(0, "127.0.0.1", List.of(origins), List.of(), 1 << 20, 1000, PING);
    }

    public static DoorUnderTest open(RouteBuilder routes) throws Exception {
        return open(settings(), LIMITS, routes);
    }

    public static DoorUnderTest open(Settings.Http settings, HttpLimits limits, RouteBuilder routes) throws Exception {
        return open(settings, limits, WORKERS, routes);
    }

    /** @param workers most exchanges that run at once, where threads are not virtual */
    public static DoorUnderTest open(Settings.Http settings, HttpLimits limits, int workers, RouteBuilder routes)
            throws Exception {
        DoorUnderTest opened = new DoorUnderTest(settings, limits, workers);
        opened.door.health(new Health(opened.state, opened.context));
        opened.door.bind(opened.context);
        opened.context.addRoutes(routes);
        opened.context.start();
        opened.door.open();
        opened.state.opened();
        return opened;
    }

    public HttpDoor door() {
        return door;
    }

    public DefaultCamelContext context() {
        return context;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Metrics metrics() {
        return metrics;
    }

    public HealthState state() {
        return state;
    }

    /** The access lines so far. */
    public List<String> log() {
        return log;
    }

    public int port() {
        return door.actualPort();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    /** Posts JSON. */
    public HttpResponse<String> post(String path, String body) throws Exception {
        return send(post(path, body, "application/json"));
    }

    public HttpRequest.Builder post(String path, String body, String contentType) {
        return request(path).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        door.close();
        context.stop();
        workers.close();
        metrics.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
