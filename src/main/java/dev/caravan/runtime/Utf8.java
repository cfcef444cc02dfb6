package dev.caravan.runtime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Tells UTF-8 from what only looks like it; a JSON parser guesses UTF-16 and UTF-32 and reads overlong forms. */
final class Utf8 {
    private static final int PIECE = 8 * 1024;
    private static final int FIRST = 4;

    private Utf8() {}

    /** Whether the bytes are strict UTF-8 (RFC 3629) that no JSON parser takes for UTF-16 or UTF-32. */
    static boolean isText(byte[] bytes) {
        for (int i = 0; i < bytes.length && i < FIRST; i++) {
            if (bytes[i] == 0) {
                return false;
            }
        }
        int ascii = ascii(bytes);
        return ascii == bytes.length || isText(ByteBuffer.wrap(bytes, ascii, bytes.length - ascii));
    }

    /** How many bytes at the beginning are ASCII, which most texts are and which nothing need be made for. */
    private static int ascii(byte[] bytes) {
        int count = 0;
        while (count < bytes.length && bytes[count] >= 0) {
            count++;
        }
        return count;
    }

    private static boolean isText(ByteBuffer in) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer out = CharBuffer.allocate(Math.min(PIECE, in.remaining() + 1));
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isOverflow()) {
                return !result.isError();
            }
            out.clear();
        }
    }
}
