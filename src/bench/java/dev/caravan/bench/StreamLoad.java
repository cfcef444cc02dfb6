package dev.caravan.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.util.function.Supplier;

/**
 * Reads many streams at once on one thread, checks every part, and prints one line of JSON.
 *
 * <p>Options: {@code --url}, {@code --body}; {@code --form} of the answers, {@code events} (Caravan's) or {@code frames}
 * (the upstream's own bytes); {@code --parts} and {@code --text}, number and length of the parts that the upstream sends;
 * {@code --streams} at once, whose connections are opened over {@code --ramp} ms; and {@code --mode}:
 * <ul>
 *   <li>{@code loop} (default): each connection asks for the next stream when the last has ended; {@code --warmup} and
 *       {@code --seconds} of time, of which only the second counts ({@code parts_all} counts both);
 *   <li>{@code once}: one stream on each connection, until all have ended; {@code --stall} ms for which each reads nothing
 *       after its first bytes.
 * </ul>
 * A part that is missing, doubled or another ends the process with a failure.
 */
public final class StreamLoad implements StreamCaller.Listener {
    private static final long REOPEN_MILLIS = 100;

    private final Vertx vertx;
    private final NetClient client;
    private final URI target;
    private final Buffer request;
    private final boolean once;
    private final int wanted;
    private final long startedAt = System.nanoTime();
    private StreamTally tally = new StreamTally();
    private long partsBefore;
    private int open;
    private int mostOpen;

    private StreamLoad(Vertx vertx, Options options) {
        this.vertx = vertx;
        NetClientOptions client = new NetClientOptions().setTcpNoDelay(true).setConnectTimeout(10_000);
        if (options.number("stall", 0) > 0) {
            // What the system would take in for a client is none of the server's back-pressure.
            client.setReceiveBufferSize(32 * 1024);
        }
        this.client = vertx.createNetClient(client);
        this.target = URI.create(options.text("url"));
        this.request = Caller.request(target, options.text("body"));
        this.once = "once".equals(options.text("mode", "loop"));
        this.wanted = options.number("streams", 1);
    }

    public static void main(String[] args) {
        Options options = new Options(args);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        vertx.runOnContext(start -> {
            vertx.getOrCreateContext().exceptionHandler(Load::fail);
            new StreamLoad(vertx, options).run(options);
        });
    }

    private void run(Options options) {
        Supplier<StreamBody> bodies = bodies(options);
        int ramp = options.number("ramp", 0);
        for (int i = 0; i < wanted; i++) {
            StreamCaller caller = new StreamCaller(vertx, bodies.get(), options.number("stall", 0), this);
            vertx.setTimer(1 + (long) ramp * i / wanted, now -> caller.open(client, target));
        }
        if (once) {
            return;
        }
        vertx.setTimer(Math.max(1, options.number("warmup", 1) * 1000L), warm -> {
            partsBefore = tally.parts();
            tally = new StreamTally();
            long from = System.nanoTime();
            vertx.setTimer(options.number("seconds", 5) * 1000L, over -> finish(from));
        });
    }

    private static Supplier<StreamBody> bodies(Options options) {
        int parts = options.number("parts", 20);
        int text = options.number("text", 16);
        return switch (options.text("form")) {
            case "events" -> () -> new EventBody(parts, text);
            case "frames" -> {
                FrameBody.Expected expected = FrameBody.expected(new ClaudeStream(parts, text, 1));
                yield () -> new FrameBody(expected);
            }
            default -> throw new IllegalArgumentException("--form is events or frames");
        };
    }

    @Override
    public void opened(StreamCaller caller) {
        send(caller);
    }

    private void send(StreamCaller caller) {
        open++;
        mostOpen = Math.max(mostOpen, open);
        caller.send(request);
    }

    @Override
    public StreamTally tally() {
        return tally;
    }

    @Override
    public void ended(StreamCaller caller, boolean connected) {
        open--;
        if (once) {
            if (tally.total() >= wanted) {
                finish(startedAt);
            }
        } else if (connected) {
            send(caller);
        } else {
            vertx.setTimer(REOPEN_MILLIS, again -> caller.open(client, target));
        }
    }

    private void finish(long from) {
        JsonObject report = tally.report((System.nanoTime() - from) / 1e9)
                .put("parts_all", partsBefore + tally.parts())
                .put("open_max", mostOpen);
        Load.finish(report);
    }
}
