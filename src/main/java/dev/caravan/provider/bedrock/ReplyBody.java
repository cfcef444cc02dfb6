package dev.caravan.provider.bedrock;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/** Gathers the parts of a body, up to a limit. */
final class ReplyBody {
    private static final int FIRST_BYTES = 8 * 1024;
    /** What a Content-Length may claim before a byte of it is there. */
    private static final int MOST_TRUSTED = 1024 * 1024;

    private final long limit;
    private final long claimed;
    private byte[] bytes;
    private int length;

    /**
     * @param contentLength the header, or null
     * @param limit most bytes, below 2 GiB
     */
    ReplyBody(String contentLength, long limit) {
        this.limit = limit;
        this.claimed = claimed(contentLength);
        this.bytes = new byte[(int) Math.max(0, Math.min(claimed, MOST_TRUSTED))];
    }

    private static long claimed(String contentLength) {
        try {
            return contentLength == null ? FIRST_BYTES : Long.parseLong(contentLength);
        } catch (NumberFormatException e) {
            return FIRST_BYTES;
        }
    }

    /** Whether the header says already that it will not fit. */
    boolean isTooLong() {
        return claimed > limit;
    }

    /** Adds a part; false when the body grows over the limit. */
    boolean add(Buffer part) {
        long total = (long) length + part.length();
        if (total > limit) {
            return false;
        }
        if (total > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(total, 2L * bytes.length)));
        }
        part.getBytes(bytes, length);
        length = (int) total;
        return true;
    }

    byte[] bytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
