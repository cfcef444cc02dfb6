package dev.caravan.files;

import dev.caravan.runtime.Texts;
import dev.caravan.runtime.TypesOnly;
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
}
