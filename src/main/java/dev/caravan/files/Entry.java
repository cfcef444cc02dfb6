package dev.caravan.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A job's folder in .work/: {@code lock}, {@code claimed/} with the file as it came, {@code named/} with the file under
 * its settled name, both in its sub-folder, and what {@link Journal} keeps.
 *
 * @param dir below the real path of .work/; its name is the job's id
 */
record Entry(Path dir) {
    static final String PREFIX = "job_";

    private static final Pattern ID = Pattern.compile("job_[a-z2-7]{24}");
    private static final String LOCK = "lock";

    static boolean isId(String name) {
        return ID.matcher(name).matches();
    }

    String id() {
        return dir.getFileName().toString();
    }

    Path claimed() {
        return dir.resolve("claimed");
    }

    Path named() {
        return dir.resolve("named");
    }

    Optional<EntryLock> tryLock() throws IOException {
        return EntryLock.tryTake(dir.resolve(LOCK));
    }

    /**
     * The one file in {@code claimed/} or {@code named/}, relative to it; links are not followed.
     *
     * @throws IOException when there are several, which is not of our making
     */
    static Optional<Path> fileIn(Path folder) throws IOException {
        Path at = folder;
        while (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> names = list(at);
            if (names.isEmpty()) {
                return Optional.empty();
            }
            if (names.size() > 1) {
                throw new IOException("it holds more than one file");
            }
            at = names.get(0);
        }
        return Folders.exists(at) && !at.equals(folder) ? Optional.of(folder.relativize(at)) : Optional.empty();
    }

    /**
     * Removes the entry of a job that is over, its lock last; under the lock of the folder. May be called again after
     * it failed.
     *
     * @return false when files that are not ours were left in it
     */
    boolean remove(Disk disk, EntryLock lock) throws IOException {
        clear(disk);
        return removeCleared(disk, lock);
    }

    /** Empties it of all but the lock, which is to be held, and of what is not ours. */
    void clear(Disk disk) throws IOException {
        List<Path> inside = list(dir);
        for (String file : Journal.FILES) {
            if (inside.contains(dir.resolve(file))) {
                disk.delete(dir.resolve(file));
            }
        }
        removeFolders(disk, claimed());
        removeFolders(disk, named());
    }

    /** What {@link #remove} does after {@link #clear}. */
    boolean removeCleared(Disk disk, EntryLock lock) throws IOException {
        boolean onlyLock = list(dir).stream().allMatch(path -> path.endsWith(LOCK));
        if (onlyLock) {
            disk.delete(dir.resolve(LOCK));
        }
        lock.close();
        if (onlyLock) {
            disk.delete(dir);
        }
        return onlyLock;
    }

    /** Removes empty folders from the bottom up. */
    private static void removeFolders(Disk disk, Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> inside = list(folder);
        for (Path path : inside) {
            removeFolders(disk, path);
        }
        if (inside.isEmpty() || list(folder).isEmpty()) {
            disk.delete(folder);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(paths::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return paths;
    }
}
