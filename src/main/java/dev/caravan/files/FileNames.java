package dev.caravan.files;

import dev.caravan.runtime.Texts;
import java.io.File;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * File names as text, in every locale. On Unix a name is bytes, and the JDK reads and writes them in the locale's
 * encoding: in the C locale every byte beyond ASCII is lost in a string. Only paths and their URIs keep them, so names
 * go that way: UTF-8 becomes text, and a byte that is no part of UTF-8 the lone surrogate U+DC00 + byte, which no
 * UTF-8 gives. Both ways are exact.
 */
final class FileNames {
    private static final boolean NAMES_ARE_TEXT = File.separatorChar == '\\';
    private static final int ESCAPE = 0xDC00;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private FileNames() {}

    /** The last name of the path. */
    static String of(Path path) {
        Path last = path.getFileName();
        String text = last.toString();
        return NAMES_ARE_TEXT || isAscii(text) ? text : decode(bytesOf(last));
    }

    /** The relative path of one name. */
    static Path path(String name) {
        if (NAMES_ARE_TEXT || isAscii(name)) {
            return Path.of(name);
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : encode(name)) {
            uri.append('%').append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
        }
        return Path.of(URI.create(uri.toString())).getFileName();
    }

    /** How many bytes the name takes on disk. */
    static int length(String name) {
        return encode(name).length;
    }

    /** The longest beginning of the name that takes at most so many bytes and ends with a whole character. */
    static String cut(String name, int maxBytes) {
        int end = 0;
        for (int left = maxBytes; end < name.length(); ) {
            int next = name.offsetByCodePoints(end, 1);
            left -= length(name.substring(end, next));
            if (left < 0) {
                break;
            }
            end = next;
        }
        return name.substring(0, end);
    }

    /** For people: what is no UTF-8 shows as U+FFFD. */
    static String shown(Path path) {
        StringBuilder shown = new StringBuilder();
        for (Path name : path) {
            shown.append(shown.length() == 0 ? "" : "/").append(of(name));
        }
        return Texts.wellFormed(shown.toString());
    }

    /** What went wrong, for one line of a log; a message may hold the name of a file, and a name anything. */
    static String oneLine(Exception failure) {
        return Texts.wellFormed(failure.toString()).replaceAll("\\p{Cntrl}", "?");
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** What the URI of the name's path ends with, without the slash that a folder's has. */
    private static byte[] bytesOf(Path name) {
        String raw = name.toUri().getRawPath();
        int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        ByteBuffer bytes = ByteBuffer.allocate(end);
        for (int i = raw.lastIndexOf('/', end - 1) + 1; i < end; i++) {
            if (raw.charAt(i) == '%') {
                bytes.put((byte) Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.put((byte) raw.charAt(i));
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        for (CoderResult result = decoder.decode(in, out, true);
                result.isError();
                result = decoder.decode(in, out, true)) {
            out.put((char) (ESCAPE + (in.get() & 0xFF)));
        }
        return out.flip().toString();
    }

    private static byte[] encode(String name) {
        ByteBuffer bytes = ByteBuffer.allocate(name.length() * 3);
        name.codePoints().forEach(c -> {
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                bytes.put((byte) c);
            } else {
                bytes.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
