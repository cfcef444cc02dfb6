package dev.caravan.bench;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The upstream's own stream, byte by byte as it was sent. */
final class FrameBody implements StreamBody {
    /** The bytes of the body, and where in them each part ends. */
    record Expected(byte[] bytes, int[] partEnds) {}

    private final byte[] expected;
    private final int[] partEnds;
    private int at;
    private int parts;

    FrameBody(Expected expected) {
        this.expected = expected.bytes();
        this.partEnds = expected.partEnds();
    }

    static Expected expected(ClaudeStream stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        append(all, stream.opening().getBytes());
        int[] ends = new int[stream.count()];
        for (int i = 0; i < ends.length; i++) {
            append(all, stream.part(i).getBytes());
            ends[i] = all.size();
        }
        append(all, stream.closing().getBytes());
        return new Expected(all.toByteArray(), ends);
    }

    /** Appends what the HTTP chunks hold. */
    private static void append(ByteArrayOutputStream all, byte[] chunked) {
        new Chunks().read(chunked, 0, all::write);
    }

    @Override
    public void begin() {
        at = 0;
        parts = 0;
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        int end = at + to - from;
        if (end > expected.length || Arrays.mismatch(bytes, from, to, expected, at, end) >= 0) {
            throw new IllegalStateException("other bytes than were sent, within " + at + " to " + end);
        }
        at = end;
        int before = parts;
        while (parts < partEnds.length && partEnds[parts] <= at) {
            parts++;
        }
        return parts - before;
    }

    @Override
    public boolean complete() {
        return at == expected.length;
    }
}
