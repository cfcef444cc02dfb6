package dev.caravan.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The folder {@code files/} of a working directory, as its user sees it. */
public final class WatchedFolder {
    private final Path files;
    private final Path beside;

    public WatchedFolder(Path workingDir) {
        this.files = workingDir.resolve("files");
        this.beside = workingDir.resolve("beside");
    }

    public Path inbox() {
        return files.resolve("inbox");
    }

    /**
     * Puts a file into the inbox in one moment.
     *
     * @return false when a file of that name still lies there
     */
    public boolean drop(DroppedFile file) {
        Path target = inbox().resolve(file.path());
        if (Files.exists(target)) {
            return false;
        }
        try {
            Files.createDirectories(target.getParent());
            Files.move(Files.writeString(Files.createDirectories(beside).resolve("next"), file.content()), target);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The files below one of the folders, by their path with {@code /}.
     *
     * @param folder such as {@code outbox}
     */
    public Map<String, String> files(String folder) {
        Map<String, String> found = new TreeMap<>();
        Path root = files.resolve(folder);
        if (!Files.isDirectory(root)) {
            return found;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                found.put(root.relativize(file).toString(), Files.readString(file));
            }
        } catch (NoSuchFileException e) {
            // A file moved on while the folder was read: read it again.
            return files(folder);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return files(folder);
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** How many answers there are. */
    public long replies() {
        return files("outbox").keySet().stream()
                .filter(name -> name.endsWith(".reply.json"))
                .count();
    }

    /** How many jobs are known to be unfinished. */
    public long jobs() {
        Path work = files.resolve(".work");
        if (!Files.isDirectory(work)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(work)) {
            return entries.filter(Files::isDirectory).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether nothing waits and nothing is in work. A file may be on its way between the two, so ask jobs last. */
    public boolean isThrough() {
        return files("inbox").isEmpty() && jobs() == 0;
    }
}
