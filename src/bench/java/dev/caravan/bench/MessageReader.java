package dev.caravan.bench;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Cuts the bytes of one connection into HTTP/1.1 messages. Knows bodies by Content-Length and chunked ones, no others:
 * so it is cheaper than a full client or server, which would take the processor from what is measured.
 */
final class MessageReader implements Handler<Buffer> {
    /** Takes each complete message: its start line, and its head in lower case. */
    interface Sink {
        void message(String startLine, String head);
    }

    private static final int INCOMPLETE = -1;

    private final Sink sink;
    private byte[] bytes = new byte[0];

    MessageReader(Sink sink) {
        this.sink = sink;
    }

    /** @throws IllegalStateException when a message's length cannot be known */
    @Override
    public void handle(Buffer part) {
        bytes = bytes.length == 0
                ? part.getBytes()
                : Buffer.buffer(bytes).appendBuffer(part).getBytes();
        int start = 0;
        int next = readMessage(start);
        while (next != INCOMPLETE) {
            start = next;
            next = readMessage(start);
        }
        if (start > 0) {
            byte[] left = new byte[bytes.length - start];
            System.arraycopy(bytes, start, left, 0, left.length);
            bytes = left;
        }
    }

    /** Gives the place after the message, or INCOMPLETE. */
    private int readMessage(int start) {
        int headEnd = endOfHead(start);
        if (headEnd == INCOMPLETE) {
            return INCOMPLETE;
        }
        String text = new String(bytes, start, headEnd - start, StandardCharsets.ISO_8859_1);
        String startLine = text.substring(0, text.indexOf('\r'));
        String head = text.toLowerCase(Locale.ROOT);
        int end = endOfBody(startLine, head, headEnd);
        if (end == INCOMPLETE || end > bytes.length) {
            return INCOMPLETE;
        }
        sink.message(startLine, head);
        return end;
    }

    private int endOfHead(int start) {
        for (int i = start; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return INCOMPLETE;
    }

    private int endOfBody(String startLine, String head, int headEnd) {
        String length = header(head, "content-length");
        if (length != null) {
            return headEnd + Integer.parseInt(length);
        }
        if ("chunked".equals(header(head, "transfer-encoding"))) {
            return endOfChunks(headEnd);
        }
        boolean response = startLine.startsWith("HTTP/");
        if (response && !startLine.startsWith("HTTP/1.1 1") && !startLine.startsWith("HTTP/1.1 204")) {
            throw new IllegalStateException("a response without a length: " + startLine);
        }
        return headEnd;
    }

    private int endOfChunks(int from) {
        int at = from;
        while (true) {
            int lineEnd = at;
            while (lineEnd < bytes.length && bytes[lineEnd] != '\n') {
                lineEnd++;
            }
            if (lineEnd >= bytes.length) {
                return INCOMPLETE;
            }
            String line = new String(bytes, at, lineEnd - at, StandardCharsets.ISO_8859_1).trim();
            int size = Integer.parseInt(line, 16);
            at = lineEnd + 1 + size + 2;
            if (at > bytes.length) {
                return INCOMPLETE;
            }
            if (size == 0) {
                return at;
            }
        }
    }

    /** @param head a head in lower case; gives null when the header is absent */
    static String header(String head, String name) {
        String key = "\r\n" + name + ":";
        int at = head.indexOf(key);
        if (at < 0) {
            return null;
        }
        int from = at + key.length();
        return head.substring(from, head.indexOf('\r', from)).trim();
    }
}
