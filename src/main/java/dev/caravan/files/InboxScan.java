package dev.caravan.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what stands in the inbox and tells what has been unchanged for long enough, the oldest first. Names that begin
 * with a dot are passed over, links are never followed; what is neither file nor folder is found without being opened.
 * Used by one thread; only {@link #waiting()} is for all.
 */
final class InboxScan {
    /** Files that are watched at once; others come when these have gone. */
    static final int MAX_TRACKED = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(InboxScan.class);
    private static final int ENTRIES_PER_BREAK = 256;
    private static final int MAX_UNREADABLE = 1000;

    private final Path inbox;
    private final long settleNanos;
    private final LongSupplier nanoTime;
    private final Map<Path, Seen> tracked = new HashMap<>();
    private final Set<Path> unreadable = new HashSet<>();
    private Deque<Path> ready = new ArrayDeque<>();
    private long walk;
    private int found;
    private volatile int waiting;

    /** A file as it was found, and since when it has looked like that. */
    private static final class Seen {
        private final long size;
        private final FileTime modified;
        private final Object fileKey;
        private final long since;
        private boolean settled;
        private long walk;
        private int refusals;

        Seen(BasicFileAttributes file, long since) {
            this.size = file.size();
            this.modified = file.lastModifiedTime();
            this.fileKey = file.fileKey();
            this.since = since;
        }

        boolean looksLike(BasicFileAttributes file) {
            return size == file.size()
                    && modified.equals(file.lastModifiedTime())
                    && Objects.equals(fileKey, file.fileKey());
        }
    }

    /**
     * @param settle how long a file must be unchanged; zero to take it at first sight
     * @param nanoTime a clock that never goes back
     */
    InboxScan(Path inbox, Duration settle, LongSupplier nanoTime) {
        this.inbox = inbox;
        this.settleNanos = settle.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Looks through the inbox once.
     *
     * @param meanwhile run now and then, so that a long walk keeps nobody waiting
     * @throws IOException when the inbox itself cannot be read
     */
    void walk(Runnable meanwhile) throws IOException {
        walk++;
        found = 0;
        Deque<Path> folders = new ArrayDeque<>();
        look(inbox, folders, meanwhile);
        while (!folders.isEmpty()) {
            Path folder = folders.pop();
            try {
                look(folder, folders, meanwhile);
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Gone, or a file by now, which the next walk finds.
                unreadable.remove(folder);
            } catch (IOException e) {
                unreadable(folder, e);
            }
        }
        tracked.values().removeIf(seen -> seen.walk != walk);
        unreadable.removeIf(folder -> !Files.exists(folder, LinkOption.NOFOLLOW_LINKS));
        waiting = found;
        sort();
    }

    private void look(Path folder, Deque<Path> folders, Runnable meanwhile) throws IOException {
        IOException first = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            int count = 0;
            for (Path entry : entries) {
                IOException failure = look(entry, folders);
                first = first == null ? failure : first;
                if (++count % ENTRIES_PER_BREAK == 0) {
                    meanwhile.run();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (first == null) {
            unreadable.remove(folder);
        } else {
            unreadable(folder, first);
        }
    }

    /** Gives back why the entry cannot be looked at; null when it can, or has gone. */
    private IOException look(Path entry, Deque<Path> folders) {
        if (entry.getFileName().toString().startsWith(".")) {
            return null;
        }
        try {
            BasicFileAttributes file =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (file.isDirectory()) {
                folders.push(entry);
            } else {
                note(entry, file);
            }
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return Files.isDirectory(entry.getParent(), LinkOption.NOFOLLOW_LINKS) ? e : null;
        }
    }

    private void note(Path entry, BasicFileAttributes file) {
        found++;
        long now = nanoTime.getAsLong();
        Seen seen = tracked.get(entry);
        if (seen == null && tracked.size() >= MAX_TRACKED) {
            return;
        }
        if (seen == null || !seen.looksLike(file)) {
            seen = new Seen(file, now);
            tracked.put(entry, seen);
        }
        seen.walk = walk;
        seen.settled = now - seen.since >= settleNanos;
    }

    private void unreadable(Path folder, IOException cause) {
        if (unreadable.size() < MAX_UNREADABLE && unreadable.add(folder)) {
            LOG.warn(
                    "A folder of the inbox cannot be read; what cannot be looked at stays where it is ({}): {}",
                    LogText.of(folder),
                    LogText.of(cause));
        }
    }

    /** What could not be claimed comes last, so that it keeps nothing else waiting. */
    private void sort() {
        ready = new ArrayDeque<>();
        tracked.entrySet().stream()
                .filter(entry -> entry.getValue().settled)
                .sorted(Comparator.comparing((Map.Entry<Path, Seen> entry) -> entry.getValue().refusals)
                        .thenComparing(entry -> entry.getValue().modified)
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> ready.add(entry.getKey()));
    }

    /** The next file that may be claimed, as of the last walk; null when there is none. Each is given once a walk. */
    Path next() {
        return ready.poll();
    }

    /** The file has left the inbox. */
    void taken(Path file) {
        if (tracked.remove(file) != null) {
            waiting = Math.max(0, waiting - 1);
        }
    }

    /** The file could not be claimed; it stands behind all others from now on. */
    void refused(Path file) {
        Seen seen = tracked.get(file);
        if (seen != null) {
            seen.refusals++;
        }
    }

    /** Whether a file that could not be claimed is still there. */
    boolean anyRefused() {
        return tracked.values().stream().anyMatch(seen -> seen.refusals > 0);
    }

    /** Files in the inbox that were not taken yet, as of the last walk. */
    int waiting() {
        return waiting;
    }
}
