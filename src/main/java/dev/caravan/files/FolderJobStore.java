package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.files.Job.Outcome;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded store: an entry in .work/ for each job, and no other memory. */
final class FolderJobStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(FolderJobStore.class);
    private static final String LOCK = ".lock";
    private static final int MAX_WARNED = 1000;

    private final Folders folders;
    private final Path work;
    private final Workshop shop;
    private final Claims claims;
    private final Cache<String, Boolean> warned =
            Caffeine.newBuilder().maximumSize(MAX_WARNED).build();
    private volatile boolean closed;

    private FolderJobStore(Folders folders, Path work, Workshop shop, Ids ids) {
        this.folders = folders;
        this.work = work;
        this.shop = shop;
        this.claims = new Claims(work, shop, ids);
    }

    /**
     * Opens the store of a folder, making what is missing.
     *
     * @throws IOException when the folder cannot be used; the message says what is wrong
     */
    static FolderJobStore open(Folders folders) throws IOException {
        return open(folders, new Disk.Real(), Ids.create(), Ticker.systemTicker());
    }

    static FolderJobStore open(Folders folders, Disk disk, Ids ids, Ticker ticker) throws IOException {
        folders.ensure();
        Path work = folders.work().toRealPath();
        NameSettlement settlement = new NameSettlement(folders, disk, new TakenNames(folders, ticker));
        Workshop shop = new Workshop(
                folders,
                disk,
                new FolderSync(disk),
                new FolderLock(work.resolve(LOCK)),
                settlement,
                new OpenJobs(work));
        return new FolderJobStore(folders, work, shop, ids);
    }

    @Override
    public Optional<Job> claim(Path file) throws IOException {
        folders.requireWork();
        FolderJob job = claims.claim(file);
        return Optional.ofNullable(job).map(this::keep);
    }

    private Job keep(FolderJob job) {
        shop.jobs().add(job);
        if (closed) {
            job.release();
            throw new IllegalStateException("the store is closed");
        }
        return job;
    }

    @Override
    public List<Job> adopt() throws IOException {
        folders.requireWork();
        List<Job> adopted = new ArrayList<>();
        boolean whole = false;
        try {
            for (Path dir : entries()) {
                adopt(new Entry(dir)).ifPresent(adopted::add);
            }
            whole = true;
            return adopted;
        } finally {
            if (!whole) {
                adopted.forEach(Job::release);
            }
        }
    }

    private List<Path> entries() throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(work)) {
            for (Path dir : stream) {
                String name = FileNames.of(dir);
                if (Entry.isId(name) && Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
                    entries.add(dir);
                } else if (!name.startsWith(".") && Folders.exists(dir)) {
                    warnOnce(name, new IOException("it is not Caravan's"));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    private Optional<Job> adopt(Entry entry) throws IOException {
        try (FolderLock.Held held = shop.lock().take()) {
            if (shop.jobs().contains(entry.id()) || !Folders.exists(entry.dir())) {
                return Optional.empty();
            }
            Optional<Job> job = Optional.empty();
            try {
                job = adoptHeld(entry);
                warned.invalidate(entry.id());
            } catch (IOException e) {
                warnOnce(entry.id(), e);
            }
            return job;
        }
    }

    private Optional<Job> adoptHeld(Entry entry) throws IOException {
        Optional<EntryLock> lock = entry.tryLock();
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        FolderJob job = null;
        try {
            Optional<Path> named = Entry.fileIn(entry.named());
            Optional<Path> claimed = named.isPresent() ? Optional.empty() : Entry.fileIn(entry.claimed());
            if (named.isPresent()) {
                job = new FolderJob(shop, entry, lock.get(), named.get(), named.get(), outcome(entry, named.get()));
            } else if (claimed.isPresent()) {
                job = claims.settle(entry, lock.get(), claimed.get());
            } else {
                clearAway(entry, lock.get());
            }
            return Optional.ofNullable(job).map(this::keep);
        } finally {
            if (job == null) {
                lock.get().close();
            }
        }
    }

    private Outcome outcome(Entry entry, Path named) {
        Outcome kept = new Journal(entry, shop.disk()).outcome();
        return kept == Outcome.NONE && ReplyFile.isOf(entry.id(), folders.outbox(), named) ? Outcome.REPLY : kept;
    }

    private void clearAway(Entry entry, EntryLock lock) throws IOException {
        if (new Journal(entry, shop.disk()).isWaiting()) {
            throw new IOException("it holds an outcome without a file");
        }
        if (!entry.remove(shop.disk(), lock)) {
            throw new IOException("its job is over, but files of others are in it");
        }
    }

    private void warnOnce(String entry, IOException reason) {
        if (warned.asMap().putIfAbsent(entry, true) == null) {
            LOG.warn(
                    "Skipping {} in {}: {}",
                    FileNames.shown(FileNames.path(entry)).replaceAll("\\p{Cntrl}", "?"),
                    work,
                    FileNames.oneLine(reason));
        }
    }

    /** Whether jobs are held by this store. */
    boolean anyInWork() {
        return !shop.jobs().own().isEmpty();
    }

    @Override
    public void close() {
        closed = true;
        shop.jobs().own().forEach(Job::release);
    }
}
