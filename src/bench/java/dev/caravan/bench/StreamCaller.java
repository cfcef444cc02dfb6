package dev.caravan.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;

/** One kept-alive connection that asks for a stream again and again, one at a time. */
final class StreamCaller implements StreamReader.Sink {
    /** Hears what becomes of a caller's connection and streams, on its event loop. */
    interface Listener {
        void opened(StreamCaller caller);

        /** The tally that counts now. */
        StreamTally tally();

        /** A stream came to its end, good or bad, or could not be asked for. */
        void ended(StreamCaller caller, boolean connected);
    }

    private final Vertx vertx;
    private final StreamBody body;
    private final Listener listener;
    private final int stall;
    private NetSocket socket;
    private long sentAt;
    private long partAt;
    private boolean waiting;
    private boolean ended;

    /** @param stall ms for which the caller reads nothing after the first bytes of its first answer */
    StreamCaller(Vertx vertx, StreamBody body, int stall, Listener listener) {
        this.vertx = vertx;
        this.body = body;
        this.stall = stall;
        this.listener = listener;
    }

    void open(NetClient client, URI target) {
        client.connect(target.getPort(), target.getHost())
                .onSuccess(this::opened)
                .onFailure(e -> lost());
    }

    private void opened(NetSocket open) {
        socket = open;
        StreamReader reader = new StreamReader(body, this);
        open.closeHandler(closed -> lost());
        open.exceptionHandler(e -> open.close());
        if (stall > 0) {
            open.handler(first -> {
                open.pause();
                vertx.setTimer(stall, again -> open.resume());
                open.handler(reader);
                reader.handle(first);
            });
        } else {
            open.handler(reader);
        }
        listener.opened(this);
    }

    private void lost() {
        if (ended) {
            return;
        }
        listener.tally().failure();
        listener.ended(this, false);
    }

    void send(Buffer request) {
        sentAt = System.nanoTime();
        waiting = true;
        ended = false;
        socket.write(request);
    }

    @Override
    public void parts(int count) {
        long now = System.nanoTime();
        StreamTally tally = listener.tally();
        tally.parts(count);
        if (waiting) {
            waiting = false;
            tally.first(now - sentAt);
        } else {
            tally.gap(now - partAt);
        }
        partAt = now;
    }

    @Override
    public void answered(int status, boolean complete) {
        ended = true;
        listener.tally().answered(status, complete);
        listener.ended(this, true);
    }
}
