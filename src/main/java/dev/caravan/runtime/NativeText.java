package dev.caravan.runtime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What the locale can say. The JDK reads names of files, variables and arguments by the locale's encoding, and what that
 * does not know becomes U+FFFD.
 */
public final class NativeText {
    /** What to do about it. */
    public static final String ADVICE = "set LC_ALL=C.UTF-8 or another UTF-8 locale";

    private NativeText() {}

    /** Of names, variables and arguments. */
    public static Charset encoding() {
        String name = System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name());
        return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    }

    /** Whether a file could have this name; always in a UTF-8 locale. */
    public static boolean canSay(String text) {
        return canSay(text, encoding());
    }

    static boolean canSay(String text, Charset encoding) {
        return encoding.equals(StandardCharsets.UTF_8) || encoding.newEncoder().canEncode(text);
    }
}
