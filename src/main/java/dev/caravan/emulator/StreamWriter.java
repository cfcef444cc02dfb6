package dev.caravan.emulator;

import dev.caravan.emulator.stream.StreamPlan;
import dev.caravan.emulator.stream.StreamPlan.Step;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one stream, no faster than the client reads; each frame is an HTTP chunk, written and flushed by itself. To a
 * client of HTTP/1.0, which knows no chunks, the end of the connection is the end of the body. To be used on the request's
 * event loop.
 */
final class StreamWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);
    private static final long PAUSE_MS = 50;
    private static final long HTTP2_INTERNAL_ERROR = 2;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final StreamPlan plan;
    private final Runnable gone;
    private final Iterator<Step> steps;
    private Future<Void> sent;
    private byte[] frame = new byte[0];
    private int at;
    private int pieceLength;
    private boolean slow;
    private boolean waiting;
    private boolean over;
    private long timer = -1;

    /** @param gone run once when the client leaves before the end */
    StreamWriter(Vertx vertx, HttpServerRequest request, StreamPlan plan, Runnable gone) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.response = request.response();
        this.plan = plan;
        this.gone = gone;
        this.steps = plan.steps().iterator();
    }

    /** Sends the head, which has its status and headers, and then the frames. */
    void start() {
        response.setChunked(true);
        response.closeHandler(closed -> leave());
        response.exceptionHandler(broken -> leave());
        response.drainHandler(drained -> {
            if (waiting) {
                waiting = false;
                resume();
            }
        });
        sent = delimitedByClose() ? headOfHttp10() : response.writeHead();
        resume();
    }

    /**
     * In a turn of its own: what is written in the turn in which something was read is flushed together, and that the
     * client has left is heard between turns only.
     */
    private void resume() {
        context.runOnContext(turn -> pump());
    }

    private boolean delimitedByClose() {
        return request.version() == HttpVersion.HTTP_1_0;
    }

    /** With a first write, as Vert.x sends no head alone without a length; a wish to keep the connection cannot be met. */
    private Future<Void> headOfHttp10() {
        response.headersEndHandler(ready -> response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
        return response.write(Buffer.buffer());
    }

    private void leave() {
        if (!over) {
            over = true;
            vertx.cancelTimer(timer);
            gone.run();
        }
    }

    /** Sends one frame, or a part of one. */
    private void pump() {
        if (over) {
            return;
        }
        if (response.writeQueueFull()) {
            waiting = true;
            return;
        }
        if (at == frame.length && !next()) {
            finish();
            return;
        }
        int end = Math.min(frame.length, at + pieceLength);
        sent = response.write(Buffer.buffer().appendBytes(frame, at, end - at));
        at = end;
        if (slow) {
            timer = vertx.setTimer(PAUSE_MS, fired -> pump());
        } else {
            resume();
        }
    }

    private boolean next() {
        if (!steps.hasNext()) {
            return false;
        }
        Step step = steps.next();
        frame = step.bytes().get();
        at = 0;
        slow = step.pieces() > 1;
        pieceLength = (frame.length + step.pieces() - 1) / step.pieces();
        return true;
    }

    private void finish() {
        switch (plan.ending()) {
            case END -> {
                over = true;
                Future<Void> ended = response.end();
                if (delimitedByClose()) {
                    ended.onComplete(written -> request.connection().close());
                }
            }
            case HANG -> LOG.debug("A stream says nothing more, as it was told");
            case RESET -> {
                over = true;
                // What was written before is to arrive.
                sent.onComplete(written -> reset());
            }
        }
    }

    private void reset() {
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(HTTP2_INTERNAL_ERROR);
            return;
        }
        Channel channel = ((ConnectionBase) request.connection()).channel();
        try {
            // Without lingering a close is a reset of TCP, and no end of the body.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            LOG.debug("The client was gone before its connection was broken", e);
        }
        channel.close();
    }
}
