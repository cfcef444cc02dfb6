package dev.caravan.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.Settings;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.observe.Health;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * The main port: HTTP/1.1 and HTTP/2 in clear text, guards in front of every route, and Camel's platform-http
 * behind them.
 *
 * <p>Order of use: {@link #bind} before the context starts, {@link #health} and {@link #get}, {@link #open} once its
 * routes are up; at the end {@link #stopAccepting}, {@link #awaitIdle}, {@link #close}. Thread-safe; what waits is
 * not for event loops.
 */
public final class HttpDoor implements AutoCloseable {
    /** Camel's consumers look for the router by its default port, whatever port is open. */
    static final String ROUTER = VertxPlatformHttpRouter.getRouterNameFromPort(8080);

    private static final String DOOR = "http";
    /** From the end of connections to the access lines of their requests. */
    private static final Duration TIME_TO_NOTE = Duration.ofMillis(500);

    private final Settings.Http settings;
    private final Parts parts;
    private final InFlight inFlight;
    private final RequestEntry entry;
    private final BodyReader bodyReader;
    private final Router router;
    private final Servers servers;

    /**
     * What the door works with.
     *
     * @param vertx its event loops; not closed by the door
     * @param workers starts the exchanges; not closed by the door
     * @param metrics takes each finished request
     * @param accessLog takes each finished request
     * @param emulated whether the embedded Bedrock answers
     * @param limits time that clients may take
     */
    public record Parts(
            Vertx vertx, Workers workers, Metrics metrics, AccessLog accessLog, boolean emulated, HttpLimits limits) {}

    public HttpDoor(Settings.Http settings, Parts parts) {
        this.settings = settings;
        this.parts = parts;
        this.inFlight = new InFlight(settings.maxConcurrent());
        this.entry = new RequestEntry(RequestIds.create(), inFlight, parts.limits(), this::finished, parts.emulated());
        this.bodyReader = new BodyReader(settings.maxBody(), parts.limits());
        this.router = Router.router(parts.vertx());
        this.servers = new Servers(parts.vertx(), settings.host(), parts.limits(), router, entry::unreadable);
        boolean keysNeeded = !settings.apiKeys().isEmpty();
        router.route()
                .handler(entry)
                .handler(new WebPageGuard(settings.cors(), keysNeeded, settings.host()))
                .handler(new ApiKeyGuard(settings.apiKeys()));
        Fallbacks.install(router, entry::begin);
        parts.metrics().inFlight(DOOR, inFlight::count);
    }

    private void finished(FinishedRequest request) {
        parts.metrics().record(request);
        parts.accessLog().log(request);
    }

    /** Makes the context's platform-http endpoints routes of this door; to be called before they are started. */
    public void bind(CamelContext context) {
        AsyncPlatformHttpEngine engine = new AsyncPlatformHttpEngine(
                parts.workers(), new StreamTimes(parts.limits(), settings.ping()), ROUTER, this::actualPort);
        engine.setCamelContext(context);
        context.getRegistry().bind(ROUTER, new CamelRouter(parts.vertx(), router, ROUTER, bodyReader));
        context.getRegistry().bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, engine);
    }

    /** Serves the health pages here too. */
    public void health(Health health) {
        HealthPages.install(router, health);
    }

    /**
     * Sets the form of all failures at a path, those of guards and routes alike.
     *
     * @param path in Vert.x's form, such as {@code /v1/models/:id} or {@code /v1/messages*}; the first that matches
     *     counts
     */
    public void errors(String path, ErrorBody form) {
        entry.errorForms().add(path, form);
    }

    /**
     * Serves a JSON page for GET and HEAD, guarded like all else.
     *
     * @param path in Vert.x's form, such as {@code /v1/models/:id}
     * @param page runs on an event loop, so it must not block; an {@code LlmException} of its becomes the answer
     */
    public void get(String path, Function<RoutingContext, JsonNode> page) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(ctx -> {
            try {
                Buffer body = Buffer.buffer(Json.write(page.apply(ctx)));
                EarlyAnswer.prepare(ctx);
                ctx.response().putHeader("Content-Type", "application/json").end(body);
            } catch (RuntimeException e) {
                Failures.send(ctx, e);
            }
        });
    }

    /**
     * Opens the port with one server for each event loop.
     *
     * @throws IOException when it can't be listened on, with a message for the user
     */
    public void open() throws IOException {
        servers.open(settings.port(), OwnVertx.eventLoops());
    }

    /** The port that is open; before that the configured one, which may be 0. */
    public int actualPort() {
        return servers.port() == 0 ? settings.port() : servers.port();
    }

    /** From now on every new request gets 503, and its connection ends with it. */
    public void stopAccepting() {
        entry.stop();
    }

    /**
     * Waits for the requests in work.
     *
     * @return false when the time was up before they ended
     */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        return inFlight.awaitIdle(timeout);
    }

    /** Cancels the work of every request; their clients get a failure. */
    public void cancelInFlight() {
        entry.cancelAll();
    }

    /** Closes the port and every connection, at once those of requests that are not over: an orderly end would wait for them. */
    @Override
    public void close() {
        entry.cutOffAll();
        try {
            inFlight.awaitIdle(TIME_TO_NOTE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        servers.close();
    }
}
