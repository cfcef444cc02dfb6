package dev.caravan.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Every change that the store makes on disk. */
interface Disk {
    /** Writes a file, anew or over an old one, and waits until it is on disk. */
    void write(Path file, byte[] content) throws IOException;

    /** Gives a file a second name, or makes a copy that is on disk where there are no hard links. */
    void link(Path file, Path second) throws IOException;

    /**
     * Renames at one stroke; a file that has the new name is replaced.
     *
     * @throws AtomicMoveNotSupportedException when the two places are on different file systems
     */
    void rename(Path from, Path to) throws IOException;

    /** Makes a folder within one that exists; one that is there is fine. */
    void makeFolder(Path folder) throws IOException;

    /** Deletes a file or an empty folder, if it is there. */
    void delete(Path path) throws IOException;

    /** Waits until the names in a folder are on disk, where the system can do that for folders. */
    void sync(Path folder) throws IOException;

    /** The real one. */
    final class Real implements Disk {
        @Override
        public void write(Path file, byte[] content) throws IOException {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
        }

        @Override
        public void link(Path file, Path second) throws IOException {
            try {
                Files.createLink(second, file);
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                throw e;
            } catch (FileSystemException | UnsupportedOperationException e) {
                write(second, Files.readAllBytes(file));
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void makeFolder(Path folder) throws IOException {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(folder);
            }
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void sync(Path folder) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                // Not every system opens or syncs a folder; the files in it are on disk.
                return;
            }
        }
    }
}
