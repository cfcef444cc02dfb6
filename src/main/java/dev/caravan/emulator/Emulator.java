package dev.caravan.emulator;

import dev.caravan.runtime.BareHeads;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.URI;
import java.time.Duration;

/**
 * An emulator of Bedrock's runtime API over HTTP/1.1 and HTTP/2 in clear text (with prior knowledge or upgrade).
 * Thread-safe.
 *
 * <p>Beside {@code /model/…} it serves, to loopback clients without an {@code Origin}: {@code POST /_emulator/script}
 * ({@code {"replies": [{key: value}]}}, one used per call, before any directive in a prompt), {@code GET
 * /_emulator/requests} (what it was sent) and {@code DELETE /_emulator} (forgets both and all counts).
 */
public final class Emulator {
    /** Session tokens are long. */
    private static final int MAX_HEADERS = 64 * 1024;

    private final HttpServer server;
    private final HttpDoor door;
    private final String host;

    private Emulator(HttpServer server, HttpDoor door, String host) {
        this.server = server;
        this.door = door;
        this.host = host;
    }

    /**
     * Opens the port.
     *
     * @param vertx stays the caller's to close
     * @return fails with a {@code BindException} when the port is taken
     */
    public static Future<Emulator> start(Vertx vertx, EmulatorOptions options) {
        Script script = new Script();
        CallCounter counter = new CallCounter();
        RequestLog log = new RequestLog();
        RuntimeApi api = new RuntimeApi(
                options.auth().authenticator(options.clock()),
                new ModelIndex(options.models()),
                new Misbehaviour(script, counter),
                new StreamAnswers(options.padding()),
                options.latency());
        HttpDoor door = new HttpDoor(vertx, api, new ControlApi(script, counter, log), log);
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setMaxHeaderSize(MAX_HEADERS)
                .setInitialSettings(new Http2Settings().setMaxHeaderListSize(MAX_HEADERS))
                .setHandle100ContinueAutomatically(true);
        return vertx.createHttpServer(server)
                .requestHandler(BareHeads.of(door::handle))
                .listen()
                .map(listening -> new Emulator(listening, door, options.host()));
    }

    /** The port that is open. */
    public int port() {
        return server.actualPort();
    }

    /** Where to point a client: {@code http://127.0.0.1:8088}. */
    public URI endpoint() {
        String address = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + address + ":" + port());
    }

    /**
     * Refuses new calls (503), lets those in flight finish, and closes.
     *
     * @param longest after which what is still in flight is cut off
     * @return how many calls were cut off
     */
    public Future<Integer> drain(Duration longest) {
        return door.drain(longest).eventually(this::close);
    }

    /** Closes the port and all connections. */
    public Future<Void> close() {
        return server.close();
    }
}
