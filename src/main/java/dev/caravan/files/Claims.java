package dev.caravan.files;

import dev.caravan.files.Job.Outcome;
import dev.caravan.files.NameSettlement.Settled;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes files out of the inbox. What takes time is done without the lock of the folder: an entry belongs to its maker
 * from the first moment, and is no job as long as no file is in it.
 */
final class Claims {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    private final Path work;
    private final Path inbox;
    private final Workshop shop;
    private final Ids ids;

    /** @param work the real path of .work/ */
    Claims(Path work, Workshop shop, Ids ids) {
        this.work = work;
        this.inbox = shop.folders().inbox();
        this.shop = shop;
        this.ids = ids;
    }

    /** The job of a file below the inbox; null when the file has gone. */
    FolderJob claim(Path file) throws IOException {
        Path below = belowInbox(file);
        if (!Folders.exists(file) || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        if (ErrorFile.isLeftBeside(file)) {
            shop.disk().delete(file);
            return null;
        }
        shop.settlement().look(Folders.subFolder(below));
        Entry entry = new Entry(work.resolve(ids.next(Entry.PREFIX)));
        EntryLock lock = make(entry);
        FolderJob job = null;
        try {
            job = claim(file, below, entry, lock);
            if (job != null) {
                deleteErrorFile(file);
            }
            return job;
        } finally {
            if (job == null) {
                lock.close();
            }
        }
    }

    /** The job is taken, whatever becomes of that file. */
    private void deleteErrorFile(Path input) {
        try {
            ErrorFile.deleteOf(shop.disk(), input);
        } catch (IOException e) {
            LOG.warn("An error file that came back with its input cannot be deleted: {}", LogText.of(e));
        }
    }

    /** An entry is there for others only together with its lock. */
    private EntryLock make(Entry entry) throws IOException {
        try (FolderLock.Held held = shop.lock().take()) {
            if (Folders.exists(entry.dir())) {
                throw new IOException(entry.id() + " is there already");
            }
            shop.disk().makeFolder(entry.dir());
            return entry.tryLock().orElseThrow(() -> new IOException("an entry of ours is not ours"));
        }
    }

    /** Null when the file has gone; its entry goes too. */
    private FolderJob claim(Path file, Path below, Entry entry, EntryLock lock) throws IOException {
        Path target;
        try {
            shop.disk().makeFolder(entry.claimed());
            target = Folders.make(shop.disk(), entry.claimed(), Folders.subFolder(below))
                    .resolve(below.getFileName());
        } catch (IOException e) {
            try (FolderLock.Held held = shop.lock().take()) {
                giveUp(entry, lock, e);
            }
            throw e;
        }
        try (FolderLock.Held held = shop.lock().take()) {
            return moveIn(file, target, entry, lock) ? settle(entry, lock, below) : null;
        }
    }

    private Path belowInbox(Path file) throws IOException {
        Path whole = file.toAbsolutePath();
        if (!whole.equals(whole.normalize()) || !whole.startsWith(inbox) || whole.equals(inbox)) {
            throw new IllegalArgumentException("not below the inbox: " + FileNames.shown(file));
        }
        Path below = inbox.relativize(whole);
        Optional<String> obstacle = Folders.obstacle(inbox, Folders.subFolder(below));
        if (obstacle.isPresent()) {
            throw new IOException(obstacle.get());
        }
        return below;
    }

    /** False when the file has gone; an entry without a file goes too. */
    private boolean moveIn(Path file, Path target, Entry entry, EntryLock lock) throws IOException {
        try {
            Folders.rename(shop.disk(), file, target, inbox);
            return true;
        } catch (IOException e) {
            giveUp(entry, lock, e);
            if (Folders.exists(file)) {
                throw e;
            }
            return false;
        }
    }

    private void giveUp(Entry entry, EntryLock lock, IOException reason) {
        try {
            entry.remove(shop.disk(), lock);
        } catch (IOException left) {
            // It is cleared away when it is adopted.
            reason.addSuppressed(left);
        }
    }

    /** Makes a job of a file in {@code claimed/}, under the lock of the folder. */
    FolderJob settle(Entry entry, EntryLock lock, Path below) throws IOException {
        Path sub = Folders.subFolder(below);
        String file = FileNames.of(below);
        Settled settled = shop.settle(sub, ComparedName.stem(file), ComparedName.suffix(file), entry.id());
        if (settled.file().equals(below.getFileName()) && !Folders.exists(entry.named())) {
            shop.disk().rename(entry.claimed(), entry.named());
        } else {
            shop.disk().makeFolder(entry.named());
            Path target = Folders.make(shop.disk(), entry.named(), sub).resolve(settled.file());
            shop.disk().rename(entry.claimed().resolve(below), target);
        }
        return new FolderJob(shop, entry, lock, below, sub.resolve(settled.file()), Outcome.NONE);
    }
}
