package dev.caravan.http;

import dev.caravan.runtime.BareHeads;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Server instances that share one port, each on an event loop of its own. */
final class Servers {
    private static final Logger LOG = LoggerFactory.getLogger(Servers.class);
    private static final int WAIT_SECONDS = 30;
    /** Vert.x shares a random port among the servers of a host that ask for the same negative one. */
    private static final AtomicInteger RANDOM_PORT = new AtomicInteger();

    private final Vertx vertx;
    private final String host;
    private final HttpLimits limits;
    private final Handler<HttpServerRequest> requests;
    private final Handler<HttpServerRequest> unreadable;
    private final List<String> deployments = new ArrayList<>();
    private volatile int listenOn;
    private volatile int port;

    Servers(
            Vertx vertx,
            String host,
            HttpLimits limits,
            Handler<HttpServerRequest> requests,
            Handler<HttpServerRequest> unreadable) {
        this.vertx = vertx;
        this.host = host;
        this.limits = limits;
        this.requests = BareHeads.of(requests);
        this.unreadable = unreadable;
    }

    /**
     * Opens the port. Not for event loops.
     *
     * @param wanted 0 for any
     * @throws IOException when it can't be listened on
     */
    void open(int wanted, int instances) throws IOException {
        listenOn = wanted == 0 ? RANDOM_PORT.decrementAndGet() : wanted;
        for (int i = 0; i < instances; i++) {
            try {
                deployments.add(await(vertx.deployVerticle(new Instance(), new DeploymentOptions())));
            } catch (IOException e) {
                close();
                throw new IOException("Cannot listen on " + host + ":" + wanted + ": " + e.getMessage(), e);
            }
        }
    }

    /** The port that is open; 0 before that. */
    int port() {
        return port;
    }

    /** Closes port and connections. Not for event loops. */
    void close() {
        for (String deployment : deployments) {
            try {
                await(vertx.undeploy(deployment));
            } catch (IOException e) {
                LOG.warn("A server on {}:{} did not close: {}", host, port, e.getMessage());
            }
        }
        deployments.clear();
    }

    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("nothing happened for " + WAIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** One server on one event loop. */
    private final class Instance extends AbstractVerticle {
        @Override
        public void start(Promise<Void> started) {
            HttpServer server = new WatchedHttpServer(vertx, host, listenOn, limits)
                    .requestHandler(requests)
                    .invalidRequestHandler(unreadable)
                    .connectionHandler(HeadCheck::install)
                    .exceptionHandler(failure -> LOG.debug("A connection failed: {}", failure.toString()));
            server.listen()
                    .onSuccess(open -> {
                        port = open.actualPort();
                        started.complete();
                    })
                    .onFailure(started::fail);
        }
    }
}
