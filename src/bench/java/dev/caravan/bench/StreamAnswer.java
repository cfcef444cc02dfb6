package dev.caravan.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/** Writes the answers of one connection that are streams, never more than the other side takes. Used on one event loop. */
final class StreamAnswer {
    /** Runs of one stream that are written before others have their turn. */
    private static final int TURN = 4;

    private static final long NONE = -1;

    private static final Buffer HEAD =
            Buffer.buffer("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
                    + "x-amzn-RequestId: 0b1c2d3e-0000-4000-8000-00000000be4c\r\nX-Amzn-Bedrock-Content-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");

    private final Vertx vertx;
    private final NetSocket socket;
    private final Progress progress;
    private ClaudeStream stream;
    private long timer = NONE;
    private int next;
    private boolean open;

    /** Hears how the answers go on. */
    interface Progress {
        void parts(int count);

        void answered();
    }

    StreamAnswer(Vertx vertx, NetSocket socket, Progress progress) {
        this.vertx = vertx;
        this.socket = socket;
        this.progress = progress;
    }

    /** @param pause ms between two parts; 0 for as fast as the other side takes them */
    void begin(ClaudeStream what, int pause) {
        stream = what;
        next = 0;
        open = true;
        socket.write(HEAD.copy().appendBuffer(stream.opening()));
        if (pause == 0) {
            runs();
        } else {
            part();
            timer = open ? vertx.setPeriodic(pause, tick -> part()) : NONE;
        }
    }

    private void part() {
        // A part that is not taken comes with a later tick.
        if (!socket.writeQueueFull()) {
            socket.write(stream.part(next++));
            progress.parts(1);
            endAt(stream.count());
        }
    }

    private void runs() {
        Buffer[] all = stream.runs();
        int turn = 0;
        while (open && turn < TURN && !socket.writeQueueFull()) {
            socket.write(all[next++]);
            progress.parts(next < all.length ? stream.run() : stream.count() - (next - 1) * stream.run());
            turn++;
            endAt(all.length);
        }
        if (!open) {
            return;
        }
        if (socket.writeQueueFull()) {
            socket.drainHandler(drained -> runs());
        } else {
            vertx.runOnContext(again -> runs());
        }
    }

    private void endAt(int last) {
        if (next == last) {
            socket.write(stream.closing());
            stop();
            progress.answered();
        }
    }

    /** Whether an answer was under way, which is at its end now: the other side has left. */
    boolean leave() {
        boolean cut = open;
        stop();
        return cut;
    }

    private void stop() {
        open = false;
        if (timer != NONE) {
            vertx.cancelTimer(timer);
            timer = NONE;
        }
    }
}
