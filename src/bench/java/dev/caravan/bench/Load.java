package dev.caravan.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;

/**
 * Calls one address from many connections and prints one line of JSON.
 *
 * <p>Options: {@code --url}, {@code --body}, {@code --connections}, and {@code --mode}:
 * <ul>
 *   <li>{@code loop} (default): each connection sends its next request when the last is answered; {@code --ramp} ms over
 *       which connections are opened, {@code --warmup} and {@code --seconds} of time, of which only the second counts;
 *   <li>{@code burst}: all connections are opened, then each sends one request at the same moment;
 *   <li>{@code leave}: the same, but all are closed {@code --after} ms later.
 * </ul>
 */
public final class Load {
    private Load() {}

    public static void main(String[] args) {
        Options options = new Options(args);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        vertx.exceptionHandler(Load::fail);
        vertx.runOnContext(start -> {
            vertx.getOrCreateContext().exceptionHandler(Load::fail);
            run(vertx, options);
        });
    }

    private static void run(Vertx vertx, Options options) {
        NetClient client =
                vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true).setConnectTimeout(10_000));
        URI target = URI.create(options.text("url"));
        Buffer request = Caller.request(target, options.text("body"));
        CallerFactory callers = listener -> new Caller(client, target, request, listener);
        int connections = options.number("connections", 1);
        switch (options.text("mode", "loop")) {
            case "loop" -> new Loop(vertx, options).run(callers, connections);
            case "burst" -> new Burst(vertx, options.number("after", 60_000)).run(callers, connections);
            case "leave" -> new Burst(vertx, options.number("after", 1000)).run(callers, connections);
            default -> throw new IllegalArgumentException("--mode is loop, burst or leave");
        }
    }

    /** Makes callers of the one address. */
    interface CallerFactory {
        Caller create(Caller.Listener listener);
    }

    static void fail(Throwable e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    static void finish(JsonObject report) {
        System.out.println(report.encode());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
