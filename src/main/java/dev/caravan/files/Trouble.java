package dev.caravan.files;

import java.io.File;
import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trouble that comes and goes: one line for each different cause of it, and one when it is over. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);
    /** More causes than these are not told. */
    private static final int MAX_CAUSES = 50;

    private final String begin;
    private final String end;
    private final Set<String> told = new HashSet<>();

    /**
     * @param begin what the log says when it begins; the cause follows
     * @param end what the log says when it is over
     */
    Trouble(String begin, String end) {
        this.begin = begin;
        this.end = end;
    }

    synchronized void begins(Throwable cause) {
        if (told.size() < MAX_CAUSES && told.add(key(cause))) {
            LOG.warn("{}: {}", begin, LogText.of(cause));
        }
    }

    synchronized void begins() {
        if (told.add("")) {
            LOG.warn(begin);
        }
    }

    synchronized void over() {
        if (!told.isEmpty()) {
            told.clear();
            LOG.info(end);
        }
    }

    /** The same for all files of a folder and for all jobs. */
    private static String key(Throwable cause) {
        if (cause instanceof FileSystemException failure) {
            String file = failure.getOtherFile() == null ? failure.getFile() : failure.getOtherFile();
            String folder = file == null ? "" : file.substring(0, file.lastIndexOf(File.separatorChar) + 1);
            return withoutJob(cause.getClass() + " " + folder + " " + failure.getReason());
        }
        return withoutJob(LogText.of(cause));
    }

    private static String withoutJob(String text) {
        return text.replaceAll(Entry.PREFIX + "[a-z2-7]{24}", Entry.PREFIX);
    }
}
