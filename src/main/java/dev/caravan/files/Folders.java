package dev.caravan.files;

import dev.caravan.runtime.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The watched folder and the folders in it. These may be links of the operator's; a sub-folder of outbox/, done/ or
 * failed/ must be a real one, so that nothing is written elsewhere.
 */
final class Folders {
    /** The sub-folder of what lies at the top. */
    static final Path TOP = Path.of("");

    private static final String README = "README.txt";

    private final Path root;
    /** What the folder itself is to the file system; of no value before it was opened. */
    private volatile Object rootKey;

    private volatile boolean opened;

    Folders(Path dir) {
        this.root = dir.toAbsolutePath().normalize();
    }

    Path root() {
        return root;
    }

    Path inbox() {
        return root.resolve("inbox");
    }

    Path outbox() {
        return root.resolve("outbox");
    }

    Path done() {
        return root.resolve("done");
    }

    Path failed() {
        return root.resolve("failed");
    }

    Path work() {
        return root.resolve(".work");
    }

    /**
     * Makes what is missing, README.txt too; the folder itself the first time only.
     *
     * @throws FolderGoneException when it is not the folder any more that it was the first time
     * @throws IOException when that fails or a folder cannot be used; the message names the folder and what is wrong
     */
    void ensure() throws IOException {
        if (!opened) {
            makeRoot();
        }
        requireRoot();
        for (Path folder : List.of(root, inbox(), outbox(), done(), failed(), work())) {
            if (!Files.isDirectory(folder)) {
                // What is missing may be so because the folder has gone this moment.
                requireRoot();
                make(folder);
            }
            if (!Files.isReadable(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
                throw new IOException(folder + " must be readable and writable");
            }
        }
        for (Path folder : List.of(inbox(), outbox(), done(), failed())) {
            if (!Files.getFileStore(folder).equals(Files.getFileStore(work()))) {
                throw notOneFileSystem(folder);
            }
        }
        writeReadme();
    }

    private void makeRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            make(root, () -> Files.createDirectories(root));
        }
        takeRoot();
    }

    /** The folder that is there now is the one to be watched. */
    void takeRoot() throws IOException {
        rootKey = keyOf(root);
        opened = true;
    }

    private static Object keyOf(Path folder) throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    }

    /** Nothing may be done below another folder than the one that was opened: a disk that has gone may come back. */
    void requireRoot() throws IOException {
        if (opened && !Files.isDirectory(root)) {
            throw new FolderGoneException(root, false);
        }
        if (opened && !Objects.equals(rootKey, keyOf(root))) {
            throw new FolderGoneException(root, true);
        }
    }

    /** Likewise; .work/ is made again when somebody has deleted it. */
    void requireWork() throws IOException {
        requireRoot();
        if (!Files.isDirectory(work())) {
            make(work());
        }
    }

    /** Whether somebody has made another folder in its place, not only the empty one that a lost disk uncovers. */
    boolean isMadeAnew() throws IOException {
        return opened && Files.isDirectory(inbox()) && !Objects.equals(rootKey, keyOf(root));
    }

    /** Something that makes a folder. */
    private interface Making {
        void run() throws IOException;
    }

    private static void make(Path folder) throws IOException {
        make(folder, () -> Files.createDirectory(folder));
    }

    private static void make(Path folder, Making making) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder");
        }
        try {
            making.run();
        } catch (FileAlreadyExistsException e) {
            // Another process was faster.
            return;
        } catch (IOException e) {
            throw new IOException(folder + " cannot be made: " + FileFailure.words(e, folder), e);
        }
    }

    private void writeReadme() throws IOException {
        Path readme = root.resolve(README);
        if (Files.exists(readme, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (InputStream text = Folders.class.getResourceAsStream(README)) {
            Files.write(readme, text.readAllBytes());
        } catch (IOException e) {
            throw new IOException(readme + " cannot be written: " + FileFailure.words(e, readme), e);
        }
    }

    /** What of a sub-folder is there but no real folder; empty when files can be put into it. */
    static Optional<String> obstacle(Path folder, Path sub) {
        Path at = folder;
        for (Path name : sub) {
            at = at.resolve(name);
            boolean way = at.equals(folder) || Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
            if (!way && Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(FileNames.shown(folder.getParent().relativize(at)) + " is a "
                        + (Files.isSymbolicLink(at) ? "link" : "file") + " and must be a folder");
            }
        }
        return Optional.empty();
    }

    /** The sub-folder, made where it is missing. */
    static Path make(Disk disk, Path folder, Path sub) throws IOException {
        Optional<String> obstacle = obstacle(folder, sub);
        if (obstacle.isPresent()) {
            throw new IOException(obstacle.get());
        }
        if (!Files.isDirectory(folder)) {
            disk.makeFolder(folder);
        }
        Path at = folder;
        for (Path name : sub) {
            at = at.resolve(name);
            if (!at.equals(folder)) {
                disk.makeFolder(at);
            }
        }
        return at;
    }

    /** Renames between a file of .work/ and one below the folder. */
    static void rename(Disk disk, Path from, Path to, Path folder) throws IOException {
        try {
            disk.rename(from, to);
        } catch (AtomicMoveNotSupportedException e) {
            IOException clear = notOneFileSystem(folder);
            clear.initCause(e);
            throw clear;
        }
    }

    private static IOException notOneFileSystem(Path folder) {
        return new IOException(folder.getFileName() + "/ and .work/ must be on one file system (" + folder + ")");
    }

    /** Whether something has this name, a link to nothing too. */
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** The sub-folder of a path that is relative to one of the folders. */
    static Path subFolder(Path relative) {
        return relative.getParent() == null ? TOP : relative.getParent();
    }
}
