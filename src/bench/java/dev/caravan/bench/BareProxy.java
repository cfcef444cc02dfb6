package dev.caravan.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;

/**
 * What Caravan's streams are compared with: a reverse proxy of Vert.x and nothing else, that pipes each answer's bytes to
 * its client, with back-pressure, on as many event loops as Caravan has. It reads no request and no frame, signs nothing,
 * and keeps no limit, time or log.
 */
public final class BareProxy extends AbstractVerticle {
    private static final int MAX_CONNECTIONS = 4096;

    private final int port;
    private final URI upstream;
    private HttpClient client;

    private BareProxy(int port, URI upstream) {
        this.port = port;
        this.upstream = upstream;
    }

    /** Options: {@code --port}, {@code --endpoint}. */
    public static void main(String[] args) {
        Options options = new Options(args);
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        int port = options.number("port", 0);
        URI upstream = URI.create(options.text("endpoint"));
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops))
                .deployVerticle(() -> new BareProxy(port, upstream), new DeploymentOptions().setInstances(loops))
                .onFailure(e -> {
                    System.err.println("cannot listen: " + e.getMessage());
                    Runtime.getRuntime().halt(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        client = vertx.createHttpClient(new HttpClientOptions()
                .setDefaultHost(upstream.getHost())
                .setDefaultPort(upstream.getPort())
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setTcpNoDelay(true));
        vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setTcpNoDelay(true)
                        .setAcceptBacklog(4096))
                .requestHandler(this::ask)
                .listen()
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void ask(HttpServerRequest request) {
        request.body()
                .compose(body -> client.request(HttpMethod.POST, request.uri()).compose(call -> {
                    request.response().closeHandler(left -> call.reset());
                    return call.putHeader("Content-Type", "application/json").send(body);
                }))
                .onSuccess(reply -> answer(request.response(), reply))
                .onFailure(e -> request.response().setStatusCode(502).end());
    }

    private static void answer(HttpServerResponse response, HttpClientResponse reply) {
        response.setStatusCode(reply.statusCode())
                .putHeader("Content-Type", reply.getHeader("Content-Type"))
                .setChunked(true);
        reply.pipeTo(response);
    }
}
