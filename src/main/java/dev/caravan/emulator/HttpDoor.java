package dev.caravan.emulator;

import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.aws.HttpCall;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests from the HTTP server, sends answers when their time has come, and sees clients go. */
final class HttpDoor {
    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
    /** The limit of InvokeModel's body in the service model. */
    private static final int MAX_BODY = 25_000_000;
    /** Hashing and parsing more than this takes an event loop too long. */
    private static final int LARGE = 256 * 1024;

    private final Vertx vertx;
    private final RuntimeApi api;
    private final ControlApi control;
    private final RequestLog log;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Promise<Integer> idle = Promise.promise();
    private volatile boolean draining;

    HttpDoor(Vertx vertx, RuntimeApi api, ControlApi control, RequestLog log) {
        this.vertx = vertx;
        this.api = api;
        this.control = control;
        this.log = log;
    }

    /**
     * From now on new calls are refused; ends when none is in flight, or the time is up.
     *
     * @return how many are still in flight
     */
    Future<Integer> drain(Duration longest) {
        draining = true;
        if (inFlight.get() == 0) {
            idle.tryComplete(0);
        }
        vertx.setTimer(Math.max(1, longest.toMillis()), timeUp -> idle.tryComplete(inFlight.get()));
        return idle.future();
    }

    private void ended() {
        if (inFlight.decrementAndGet() == 0 && draining) {
            idle.tryComplete(0);
        }
    }

    void handle(HttpServerRequest request) {
        // Counted before the look at the flag: a call is either seen by the drain or sees it.
        inFlight.incrementAndGet();
        AtomicBoolean open = new AtomicBoolean(true);
        Runnable over = () -> {
            if (open.getAndSet(false)) {
                ended();
            }
        };
        request.response().endHandler(end -> over.run());
        if (draining) {
            if (request.version() != HttpVersion.HTTP_2) {
                request.response().putHeader("Connection", "close");
            }
            write(
                    request.response(),
                    UUID.randomUUID().toString(),
                    HttpAnswer.error(AwsFailure.of(AwsErrorType.SERVICE_UNAVAILABLE)));
            return;
        }
        Buffer body = Buffer.buffer();
        AtomicBoolean tooLarge = new AtomicBoolean();
        request.handler(part -> {
            if (body.length() + (long) part.length() > MAX_BODY) {
                // The rest is read and thrown away, so that the client gets to read the answer.
                tooLarge.set(true);
            } else if (!tooLarge.get()) {
                body.appendBuffer(part);
            }
        });
        request.exceptionHandler(gone -> LOG.debug("A client went away while it sent a request"));
        request.endHandler(end -> serve(request, over, body.getBytes(), tooLarge.get()));
    }

    private void serve(HttpServerRequest request, Runnable over, byte[] body, boolean tooLarge) {
        String id = UUID.randomUUID().toString();
        HttpCall call = call(request, body);
        if (ControlApi.owns(call.rawPath())) {
            boolean loopback = isLoopback(request);
            write(request.response(), id, answer(id, () -> control.handle(call, loopback)));
            return;
        }
        RequestLog.Entry entry = log.add(id, call);
        if (tooLarge) {
            deliver(
                    request,
                    over,
                    id,
                    entry,
                    HttpAnswer.error(AwsFailure.validation("1 validation error detected:"
                            + " Value at 'body' failed to satisfy constraint: Member must have length less than or equal to "
                            + MAX_BODY)));
        } else if (body.length > LARGE) {
            vertx.executeBlocking(() -> answer(id, () -> api.handle(call)), false)
                    .onSuccess(answer -> deliver(request, over, id, entry, answer))
                    .onFailure(stopping -> reset(request, over));
        } else {
            deliver(request, over, id, entry, answer(id, () -> api.handle(call)));
        }
    }

    private static HttpAnswer answer(String id, Supplier<HttpAnswer> work) {
        try {
            return work.get();
        } catch (AwsFailure refusal) {
            return HttpAnswer.error(refusal);
        } catch (RuntimeException | StackOverflowError bug) {
            // Without its message, which may hold a part of a prompt. A body may be nested beyond what the stack takes.
            StackTraceElement[] trace = bug.getStackTrace();
            LOG.error("Request {} failed: {} at {}", id, bug.getClass().getName(), trace.length > 0 ? trace[0] : "?");
            return HttpAnswer.error(AwsFailure.of(AwsErrorType.INTERNAL_SERVER));
        }
    }

    private void deliver(
            HttpServerRequest request, Runnable over, String id, RequestLog.Entry entry, HttpAnswer answer) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            log.aborted(entry);
            return;
        }
        long delay = answer.delay().toMillis();
        if (delay <= 0) {
            send(request, over, id, entry, answer);
            return;
        }
        AtomicBoolean waiting = new AtomicBoolean(true);
        long timer = vertx.setTimer(delay, fired -> {
            if (waiting.getAndSet(false)) {
                send(request, over, id, entry, answer);
            }
        });
        Runnable gone = () -> {
            if (waiting.getAndSet(false)) {
                vertx.cancelTimer(timer);
                log.aborted(entry);
            }
        };
        response.closeHandler(closed -> gone.run());
        response.exceptionHandler(broken -> gone.run());
    }

    private void send(HttpServerRequest request, Runnable over, String id, RequestLog.Entry entry, HttpAnswer answer) {
        HttpServerResponse response = request.response();
        if (answer.reset()) {
            reset(request, over);
            return;
        }
        log.answered(entry, answer.status());
        if (answer.stream() == null) {
            write(response, id, answer);
        } else {
            head(response, id, answer);
            new StreamWriter(vertx, request, answer.stream(), () -> log.aborted(entry)).start();
        }
    }

    /** Of HTTP/1 Vert.x does not tell that such a response is over. */
    private static void reset(HttpServerRequest request, Runnable over) {
        request.response().reset();
        over.run();
    }

    private static void write(HttpServerResponse response, String id, HttpAnswer answer) {
        if (response.closed()) {
            return;
        }
        head(response, id, answer);
        response.end(Buffer.buffer(answer.body()));
    }

    private static void head(HttpServerResponse response, String id, HttpAnswer answer) {
        response.setStatusCode(answer.status());
        response.putHeader("Content-Type", "application/json");
        response.putHeader("x-amzn-RequestId", id);
        answer.headers().forEach(response::putHeader);
    }

    private static HttpCall call(HttpServerRequest request, byte[] body) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        request.headers()
                .forEach((name, value) -> headers.computeIfAbsent(
                                name.toLowerCase(Locale.ROOT), key -> new ArrayList<>(1))
                        .add(value));
        // HTTP/2 has it in a pseudo-header.
        headers.computeIfAbsent("host", key -> List.of(String.valueOf(request.authority())));
        String query = request.query();
        return new HttpCall(request.method().name(), request.path(), query == null ? "" : query, headers, body);
    }

    private static boolean isLoopback(HttpServerRequest request) {
        try {
            // An address of numbers: nothing is looked up.
            return InetAddress.getByName(request.remoteAddress().hostAddress()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
