package dev.caravan.bench;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the answers of one connection: streamed ones in HTTP chunks as they come, others whole and unread. */
final class StreamReader implements Handler<Buffer> {
    /** Hears what was read. */
    interface Sink {
        void parts(int count);

        /** @param complete whether it was a whole stream */
        void answered(int status, boolean complete);
    }

    private final StreamBody body;
    private final Sink sink;
    private final Chunks chunks = new Chunks();
    private Buffer head = Buffer.buffer();
    private boolean inBody;
    private int status;
    private int unread;
    private int parts;

    StreamReader(StreamBody body, Sink sink) {
        this.body = body;
        this.sink = sink;
    }

    /** @throws IllegalStateException when the stream is not what was sent */
    @Override
    public void handle(Buffer more) {
        if (inBody) {
            read(more.getBytes(), 0);
            return;
        }
        head.appendBuffer(more);
        byte[] bytes = head.getBytes();
        int end = endOfHead(bytes);
        if (end > 0) {
            head = Buffer.buffer();
            begin(new String(bytes, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            read(bytes, end);
        }
    }

    private static int endOfHead(byte[] bytes) {
        for (int i = 3; i < bytes.length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private void begin(String text) {
        inBody = true;
        status = Integer.parseInt(text.substring(9, 12));
        String length = MessageReader.header(text, "content-length");
        unread = length == null ? -1 : Integer.parseInt(length);
        chunks.begin();
        body.begin();
    }

    private void read(byte[] bytes, int from) {
        if (unread >= 0) {
            unread = Math.max(0, unread - (bytes.length - from));
            if (unread == 0) {
                inBody = false;
                sink.answered(status, false);
            }
            return;
        }
        chunks.read(bytes, from, this::take);
        if (parts > 0) {
            int now = parts;
            parts = 0;
            sink.parts(now);
        }
        if (chunks.over()) {
            inBody = false;
            sink.answered(status, status == 200 && body.complete());
        }
    }

    private void take(byte[] bytes, int from, int length) {
        if (status == 200) {
            parts += body.take(bytes, from, from + length);
        }
    }
}
