package dev.caravan.files;

import dev.caravan.error.LlmException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Text of a file's bytes: strict UTF-8, a byte order mark before it is passed over. */
final class Utf8Text {
    private static final HexFormat HEX = HexFormat.of();
    private static final String RULE = " Text must be UTF-8.";

    private Utf8Text() {}

    /** @throws LlmException {@code invalid_request} that says what was found instead of UTF-8 */
    static String of(byte[] bytes) {
        int mark = markLength(bytes);
        if (mark == 0) {
            requireNoOtherMark(bytes);
        }
        requireNoZero(bytes);
        ByteBuffer in = ByteBuffer.wrap(bytes, mark, bytes.length - mark);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw LlmException.invalid(
                    "The file is not UTF-8: the byte at offset " + in.position() + " is not." + RULE);
        }
    }

    /** Bytes of the UTF-8 byte order mark at the begin: 3 or 0. */
    static int markLength(byte[] bytes) {
        return startsWith(bytes, "efbbbf") ? 3 : 0;
    }

    private static void requireNoOtherMark(byte[] bytes) {
        // UTF-32 first: its little-endian mark begins like that of UTF-16.
        if (startsWith(bytes, "fffe0000") || startsWith(bytes, "0000feff")) {
            throw LlmException.invalid("The file is UTF-32, as its byte order mark says." + RULE);
        }
        if (startsWith(bytes, "fffe") || startsWith(bytes, "feff")) {
            throw LlmException.invalid("The file is UTF-16, as its byte order mark says." + RULE);
        }
    }

    /** UTF-16 without a mark is valid UTF-8 with a zero byte in nearly every character. */
    private static void requireNoZero(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw LlmException.invalid(
                        "The file has a zero byte at offset " + i + ": it is UTF-16, or no text." + RULE);
            }
        }
    }

    private static boolean startsWith(byte[] bytes, String hex) {
        byte[] begin = HEX.parseHex(hex);
        return bytes.length >= begin.length && Arrays.equals(bytes, 0, begin.length, begin, 0, begin.length);
    }
}
