package dev.caravan.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Caravan's stream of server-sent events: the texts of its deltas are the parts, its end event is the end. */
final class EventBody implements StreamBody {
    private static final byte[] TEXT = "\"text\":\"".getBytes(StandardCharsets.US_ASCII);

    private final int count;
    private final int length;
    private final byte[] text;
    private final ByteArrayOutputStream left = new ByteArrayOutputStream();
    private String event = "";
    private int parts;
    private boolean ended;

    /**
     * @param count parts of each answer
     * @param length characters of a part
     */
    EventBody(int count, int length) {
        this.count = count;
        this.length = length;
        this.text = ClaudeStream.text(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void begin() {
        left.reset();
        event = "";
        parts = 0;
        ended = false;
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        int before = parts;
        int start = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                if (left.size() == 0) {
                    line(bytes, start, i);
                } else {
                    left.write(bytes, start, i - start);
                    byte[] whole = left.toByteArray();
                    left.reset();
                    line(whole, 0, whole.length);
                }
                start = i + 1;
            }
        }
        left.write(bytes, start, to - start);
        return parts - before;
    }

    private void line(byte[] bytes, int from, int to) {
        if (begins(bytes, from, to, "event:")) {
            event = new String(bytes, from + 6, to - from - 6, StandardCharsets.US_ASCII).trim();
        } else if (begins(bytes, from, to, "data:")) {
            switch (event) {
                case "start" -> {}
                case "delta" -> delta(bytes, from, to);
                case "end" -> ended = true;
                default ->
                    throw new IllegalStateException(
                            "event " + event + ": " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }
        }
    }

    private static boolean begins(byte[] bytes, int from, int to, String word) {
        if (to - from < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (bytes[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** An event may hold more than one part, none of them divided. */
    private void delta(byte[] bytes, int from, int to) {
        int at = from;
        while (at + TEXT.length < to && !Arrays.equals(bytes, at, at + TEXT.length, TEXT, 0, TEXT.length)) {
            at++;
        }
        at += TEXT.length;
        int parted = 0;
        while (at < to && bytes[at] != '"') {
            part(bytes, at, to);
            at += length;
            parted++;
        }
        if (parted == 0) {
            throw new IllegalStateException("no text in " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }
    }

    private void part(byte[] bytes, int at, int to) {
        int number = 0;
        for (int i = at; i < at + ClaudeStream.NUMBER && i < to; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        if (number != parts || at + length >= to) {
            throw new IllegalStateException(
                    "part " + parts + " is missing: " + new String(bytes, at, to - at, StandardCharsets.UTF_8));
        }
        int rest = at + ClaudeStream.NUMBER;
        if (Arrays.mismatch(bytes, rest, at + length, text, ClaudeStream.NUMBER, length) >= 0) {
            throw new IllegalStateException("part " + parts + " has another text");
        }
        parts++;
    }

    @Override
    public boolean complete() {
        return ended && parts == count;
    }
}
