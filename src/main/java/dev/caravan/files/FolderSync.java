package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings the names in a folder to disk, once for all who wait: a sync covers every rename before it began, so that of
 * many who come during one sync the first makes the next one, and that is the others' too. Thread-safe.
 */
final class FolderSync {
    private final Disk disk;
    private final Cache<Path, Turns> turns = Caffeine.newBuilder().weakValues().build();

    FolderSync(Disk disk) {
        this.disk = disk;
    }

    /** Returns when all that was renamed in the folder before this call is on disk. */
    void sync(Path folder) throws IOException {
        turns.get(folder, path -> new Turns()).sync(disk, folder);
    }

    /** The syncs of one folder, counted. */
    private static final class Turns {
        private final ReentrantLock lock = new ReentrantLock();
        /** Written under the lock only. */
        private volatile long begun;

        private long done;

        void sync(Disk disk, Path folder) throws IOException {
            long needed = begun + 1;
            lock.lock();
            try {
                if (done >= needed) {
                    return;
                }
                begun++;
                disk.sync(folder);
                done = begun;
            } finally {
                lock.unlock();
            }
        }
    }
}
