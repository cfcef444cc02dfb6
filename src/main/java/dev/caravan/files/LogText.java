package dev.caravan.files;

import dev.caravan.runtime.Texts;
import dev.caravan.runtime.TypesOnly;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Names and messages as one line of the log: a file's name may hold anything. */
final class LogText {
    private static final int MAX = 300;
    private static final int MAX_CAUSES = 8;

    private LogText() {}

    static String of(Object value) {
        String text = String.valueOf(value);
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return Texts.shorten(line.toString(), MAX);
    }

    /**
     * What the file system says: a path and a reason. Of other failures the types, as their messages may quote content, and
     * the frames of what can only be a bug.
     */
    static String of(Throwable failure) {
        String kind = failure.getClass().getSimpleName();
        if (failure instanceof FileSystemException || failure.getClass() == IOException.class) {
            return kind + ": " + of((Object) failure.getMessage());
        }
        return failure instanceof IOException ? kind : TypesOnly.of(failure);
    }

    /** The types of a failure and its causes and where the last of them began, on one line. */
    static String types(Throwable failure) {
        StringBuilder line = new StringBuilder();
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            line.append(i == 0 ? "" : ", caused by ").append(cause.getClass().getName());
            StackTraceElement[] frames = cause.getStackTrace();
            line.append(frames.length == 0 ? "" : " at " + frames[0]);
            cause = cause.getCause();
        }
        return line.toString();
    }
}
