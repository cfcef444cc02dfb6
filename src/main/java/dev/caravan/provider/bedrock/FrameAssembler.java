package dev.caravan.provider.bedrock;

import dev.caravan.error.LlmException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Cuts bytes, in whatever parts they come, into the messages of {@code application/vnd.amazon.eventstream}: uint32 total
 * length, uint32 headers length, CRC32 of these eight bytes, headers, payload, CRC32 of all before (Smithy's
 * specification of the Amazon event stream). Its room grows with what has arrived, whatever lengths are claimed. Not
 * thread-safe.
 */
final class FrameAssembler {
    /** Of the specification, as the next one. */
    static final int MAX_HEADERS = 131_072;

    static final int MAX_PAYLOAD = 25_165_824;

    private static final int LENGTHS = 8;
    private static final int PRELUDE = 12;
    private static final int OVERHEAD = 16;
    private static final int LEAST_ROOM = 1024;
    /** Room that a stream keeps while it waits for more. */
    private static final int MOST_KEPT = 8 * 1024;

    private static final byte[] NONE = {};

    /** What is not read yet lies from {@code from} to {@code to}. */
    private byte[] bytes = NONE;

    private int from;
    private int to;
    /** Of the frame that begins at {@code from}; 0 while its prelude is not here. */
    private int frameLength;

    private final CRC32 crc = new CRC32();

    void add(Buffer part) {
        makeRoom(part.length());
        part.getBytes(bytes, to);
        to += part.length();
    }

    private void makeRoom(int length) {
        if (bytes.length - to >= length) {
            return;
        }
        int held = to - from;
        int total = Math.addExact(held, length);
        // What is moved within the array is less than what was read since, so bytes are not moved again and again.
        byte[] room = total <= bytes.length && held <= from ? bytes : new byte[Math.max(LEAST_ROOM, total + total / 2)];
        System.arraycopy(bytes, from, room, 0, held);
        bytes = room;
        from = 0;
        to = held;
    }

    /** Whether {@link #next} has something to say: a whole frame, or what is wrong with it. */
    boolean ready() {
        int held = to - from;
        if (frameLength > 0) {
            return held >= frameLength;
        }
        return held >= PRELUDE && (!isPreludeRight() || held >= total());
    }

    /** Whether nothing is held, so that the stream may end here. */
    boolean isEmpty() {
        return from == to;
    }

    /** Bytes that are held. */
    int held() {
        return to - from;
    }

    /** Lets go of everything. */
    void clear() {
        bytes = NONE;
        from = 0;
        to = 0;
        frameLength = 0;
    }

    /**
     * The next whole frame, or null.
     *
     * @throws LlmException {@code provider_error} for bytes that are no frame; what follows them cannot be read either
     */
    BedrockWire.Frame next() {
        if (frameLength == 0) {
            if (to - from < PRELUDE) {
                return null;
            }
            if (!isPreludeRight()) {
                throw StreamFailures.damaged(null);
            }
            frameLength = total();
        }
        if (to - from < frameLength) {
            return null;
        }
        BedrockWire.Frame frame = decoded(ByteBuffer.wrap(bytes, from, frameLength));
        from += frameLength;
        frameLength = 0;
        if (from == to) {
            from = 0;
            to = 0;
            bytes = bytes.length > MOST_KEPT ? NONE : bytes;
        }
        return frame;
    }

    /** No length is believed before its checksum and the limits agree. */
    private boolean isPreludeRight() {
        crc.reset();
        crc.update(bytes, from, LENGTHS);
        if ((int) crc.getValue() != int32(from + LENGTHS)) {
            return false;
        }
        long total = Integer.toUnsignedLong(int32(from));
        long headers = Integer.toUnsignedLong(int32(from + Integer.BYTES));
        long payload = total - headers - OVERHEAD;
        return headers <= MAX_HEADERS && payload >= 0 && payload <= MAX_PAYLOAD;
    }

    private int total() {
        return int32(from);
    }

    private int int32(int at) {
        return (bytes[at] & 0xFF) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    private static BedrockWire.Frame decoded(ByteBuffer frame) {
        Message message;
        try {
            message = Message.decode(frame);
        } catch (RuntimeException e) {
            // The library has no type of its own for it: what it throws depends on which byte is wrong.
            throw StreamFailures.damaged(e);
        }
        Map<String, String> headers = new HashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (isString(value)) {
                headers.put(name, value.getString());
            }
        });
        return new BedrockWire.Frame(headers, message.getPayload());
    }

    private static boolean isString(HeaderValue value) {
        return "STRING".equals(((Enum<?>) value.getType()).name());
    }
}
