package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of a whole folder, held for a few renames: a mutex within the JVM, then a lock of the operating system's
 * against other processes. The mutex comes first since closing any descriptor of a locked file unlocks it for the
 * whole process.
 */
final class FolderLock {
    private static final Cache<Path, ReentrantLock> MUTEXES =
            Caffeine.newBuilder().weakValues().build();

    private final Path file;
    private final ReentrantLock mutex;

    /** @param file the lock file, below the real path of its folder; made when it is missing */
    FolderLock(Path file) {
        this.file = file;
        this.mutex = MUTEXES.get(file, path -> new ReentrantLock());
    }

    /** Waits for the lock; not to be taken twice by one thread. */
    Held take() throws IOException {
        mutex.lock();
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            locked = true;
            return new Held(channel, mutex);
        } catch (OverlappingFileLockException e) {
            throw new IOException(file + " is locked by another part of this process", e);
        } finally {
            if (!locked) {
                new Held(channel, mutex).close();
            }
        }
    }

    /** The lock as long as it is held. */
    static final class Held implements AutoCloseable {
        private final FileChannel channel;
        private final ReentrantLock mutex;

        private Held(FileChannel channel, ReentrantLock mutex) {
            this.channel = channel;
            this.mutex = mutex;
        }

        @Override
        public void close() throws IOException {
            try {
                if (channel != null) {
                    channel.close();
                }
            } finally {
                mutex.unlock();
            }
        }
    }
}
