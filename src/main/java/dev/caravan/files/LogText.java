package dev.caravan.files;

import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Names and messages as one line of the log: a file's name may hold anything. */
final class LogText {
    private static final int MAX = 300;

    private LogText() {}

    static String of(Object value) {
        String text = String.valueOf(value);
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return Texts.shorten(line.toString(), MAX);
    }

    /** The kind of a failure and, where it comes from the file system, its path and reason; other messages may quote content. */
    static String of(Throwable failure) {
        String kind = failure.getClass().getSimpleName();
        boolean plain = failure instanceof FileSystemException || failure.getClass() == IOException.class;
        return plain ? kind + ": " + of((Object) failure.getMessage()) : kind;
    }
}
