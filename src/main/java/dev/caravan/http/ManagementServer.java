package dev.caravan.http;

import dev.caravan.observe.Health;
import dev.caravan.observe.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.io.IOException;

/**
 * The management port: health and metrics, open to whoever reaches it; on a loopback address only under a loopback name.
 * What waits is not for event loops.
 */
public final class ManagementServer implements AutoCloseable {
    private static final int MAX_IN_WORK = 64;

    private final int wantedPort;
    private final RequestEntry entry;
    private final Servers servers;

    /**
     * @param vertx its event loop; not closed with the server
     * @param host address to listen on
     * @param port 0 for any
     * @param limits time that clients may take
     */
    public ManagementServer(Vertx vertx, String host, int port, HttpLimits limits, Health health, Metrics metrics) {
        this.wantedPort = port;
        this.entry = new RequestEntry(RequestIds.create(), new InFlight(MAX_IN_WORK), limits, finished -> {}, false);
        Router router = Router.router(vertx);
        this.servers = new Servers(vertx, host, limits, router, entry::unreadable);
        router.route().handler(entry).handler(new HostGuard(host));
        HealthPages.install(router, health);
        router.route("/observe/metrics")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(ctx -> {
                    ctx.response().putHeader("Content-Type", Metrics.CONTENT_TYPE);
                    ctx.response().end(metrics.scrape());
                });
        Fallbacks.install(router, entry::begin);
    }

    /** @throws IOException when the port can't be listened on, with a message for the user */
    public void open() throws IOException {
        servers.open(wantedPort, 1);
    }

    /** The port that is open; before that the configured one, which may be 0. */
    public int actualPort() {
        return servers.port() == 0 ? wantedPort : servers.port();
    }

    @Override
    public void close() {
        servers.close();
    }
}
