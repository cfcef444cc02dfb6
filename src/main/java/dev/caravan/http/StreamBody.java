package dev.caravan.http;

import dev.caravan.dialect.EventWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.RejectedExecutionException;

/**
 * The body of an answer that is given out as it comes: takes bytes on any thread and writes them on the request's own event
 * loop, no more than the client takes. Status and headers leave with the first bytes, or with a sign of life when these
 * are long in coming.
 *
 * <p>Held at most: what the connection takes before it is full (Netty's high-water mark, 64 KiB), {@value #ON_THE_WAY}
 * bytes on their way to the event loop, and what is given between two calls of {@link #ready}.
 */
final class StreamBody {
    static final int ON_THE_WAY = 8 * 1024;

    private static final long NONE = -1;
    /** RFC 9113, 7. */
    private static final long HTTP2_CANCEL = 8;

    private final RoutingContext ctx;
    private final HttpServerResponse response;
    private final Context loop;
    private final StreamTimes times;
    private final String contentType;
    private final Buffer ping;

    /** Not yet on the event loop; this and what follows guarded by this. */
    private Buffer given = Buffer.buffer();

    private boolean begun;
    private boolean emulated;
    private boolean scheduled;
    private boolean full;
    private boolean over;
    private Runnable waiting;

    /** This and what follows on the event loop only. */
    private long timer = NONE;

    private long lastWrite;

    StreamBody(RoutingContext ctx, Context loop, StreamTimes times, EventWriter events) {
        this.ctx = ctx;
        this.response = ctx.response();
        this.loop = loop;
        this.times = times;
        this.contentType = events.contentType();
        this.ping = Buffer.buffer(events.ping());
    }

    /** From now on the client gets signs of life. */
    void begin() {
        onLoop(() -> {
            if (live()) {
                response.drainHandler(drained -> room());
                lookIn(times.head() - RequestScope.of(ctx).nanosInWork() / 1_000_000);
            }
        });
    }

    /** Bytes that leave with those that come next. */
    synchronized void keep(byte[] bytes, boolean fromEmulator) {
        emulated = fromEmulator;
        if (!over) {
            given.appendBytes(bytes);
        }
    }

    /** Bytes that leave as soon as possible, together with others that are given in the same turn of an event loop. */
    void give(byte[] bytes) {
        synchronized (this) {
            begun = true;
            if (over) {
                return;
            }
            given.appendBytes(bytes);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        Context giver = Vertx.currentContext();
        if (giver == null || !giver.isEventLoopContext() || isOnLoop(giver)) {
            onLoop(this::flush);
        } else {
            giver.runOnContext(sameTurnIsOver -> onLoop(this::flush));
        }
    }

    /** Whether a context's turns are those of the request's event loop, so that what is put off there comes after this turn. */
    private boolean isOnLoop(Context context) {
        return ((ContextInternal) context).nettyEventLoop() == ((ContextInternal) loop).nettyEventLoop();
    }

    /** As of {@link dev.caravan.trunk.PartSink#ready}; a client that has gone takes everything. */
    synchronized boolean ready(Runnable resume) {
        if (over || !full && given.length() < ON_THE_WAY) {
            return true;
        }
        waiting = resume;
        return false;
    }

    /** Whether the answer has begun or is about to: no status can tell of a failure any more. On the event loop. */
    boolean begun() {
        synchronized (this) {
            if (begun) {
                return true;
            }
        }
        return response.headWritten();
    }

    /** Whether nobody takes the answer any more. */
    boolean gone() {
        return response.ended() || response.closed();
    }

    void endPings() {
        ctx.vertx().cancelTimer(timer);
    }

    /** Writes the last bytes; the request is over when the client has them, or is cut off when it does not take them. */
    void end(byte[] last) {
        Buffer rest = take();
        synchronized (this) {
            over = true;
            waiting = null;
        }
        if (gone()) {
            return;
        }
        if (!response.headWritten()) {
            head();
        }
        RequestScope scope = RequestScope.of(ctx);
        scope.hold();
        timer = ctx.vertx().setTimer(times.flush(), late -> cutOff());
        response.end(rest.appendBytes(last)).onComplete(written -> {
            ctx.vertx().cancelTimer(timer);
            if (written.failed()) {
                scope.lost();
            }
            scope.release();
        });
    }

    /** Of HTTP/2 the stream first, for the connection's others may be well; it too when that is not taken either. */
    private void cutOff() {
        if (ctx.request().version() == HttpVersion.HTTP_2) {
            response.reset(HTTP2_CANCEL);
            timer = ctx.vertx().setTimer(times.flush(), late -> CutOff.atOnce(ctx.request()));
        } else {
            CutOff.atOnce(ctx.request());
        }
    }

    private synchronized Buffer take() {
        Buffer taken = given;
        given = Buffer.buffer();
        scheduled = false;
        return taken;
    }

    private void flush() {
        Buffer bytes = take();
        if (live() && bytes.length() > 0) {
            write(bytes);
        }
        room();
    }

    private void write(Buffer bytes) {
        if (!response.headWritten()) {
            head();
            ctx.vertx().cancelTimer(timer);
            lookIn(times.ping());
        }
        lastWrite = System.nanoTime();
        // Should it fail the connection is gone, and the request hears of that.
        response.write(bytes);
    }

    private void head() {
        if (ctx.request().version() == HttpVersion.HTTP_1_0) {
            // The end of the connection is the end of such a body.
            RequestScope.of(ctx).last();
        }
        EarlyAnswer.prepare(ctx);
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("Content-Type", contentType)
                .putHeader("Cache-Control", "no-cache")
                // Or nginx would keep the words back until it has a page of them.
                .putHeader("X-Accel-Buffering", "no");
        synchronized (this) {
            if (emulated) {
                response.putHeader(RequestEntry.EMULATED, "true");
            }
        }
    }

    /** Lets who waits go on when there is room; also once nobody takes anything any more. */
    private void room() {
        boolean isFull = live() && response.writeQueueFull();
        Runnable resume;
        synchronized (this) {
            full = isFull;
            if (full || given.length() >= ON_THE_WAY) {
                return;
            }
            resume = waiting;
            waiting = null;
        }
        if (resume != null) {
            resume.run();
        }
    }

    private void lookIn(long millis) {
        timer = ctx.vertx().setTimer(Math.max(1, millis), id -> look());
    }

    private void look() {
        if (!live()) {
            return;
        }
        if (!response.headWritten()) {
            Buffer first = take();
            write(first.length() > 0 ? first : ping);
            room();
            return;
        }
        long silent = (System.nanoTime() - lastWrite) / 1_000_000;
        if (silent < times.ping()) {
            lookIn(times.ping() - silent);
            return;
        }
        if (!response.writeQueueFull()) {
            write(ping);
        }
        lookIn(times.ping());
    }

    /** Looks after the client too: with it goes what was kept for it. */
    private boolean live() {
        boolean gone = gone();
        synchronized (this) {
            over |= gone;
            if (over) {
                given = Buffer.buffer();
            }
            return !over;
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.runOnContext(ignored -> task.run());
        } catch (RejectedExecutionException e) {
            // The event loop is gone, and the client with it.
            synchronized (this) {
                over = true;
            }
        }
    }
}
