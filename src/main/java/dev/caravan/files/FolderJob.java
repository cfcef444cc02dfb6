package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job whose state is the names in its entry. */
final class FolderJob implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(FolderJob.class);
    private static final int MAX_HELD = 1 << 15;

    private final Workshop shop;
    private final Entry entry;
    private final EntryLock lock;
    private final Journal journal;
    private final JobFiles files;
    private final String file;

    private volatile Outcome outcome;
    private volatile String problemCode;
    private volatile boolean finished;
    private volatile boolean released;
    /** Whether the outcome was kept on disk. */
    private volatile boolean kept;
    /** The outcome until it is in its place, in case that what was kept is deleted; of a large one until it is kept. */
    private byte[] held;

    private String heldText;

    /**
     * @param file the file's path below the inbox as it was when it was claimed
     * @param named its path in {@code named/}
     * @param outcome what is known to have come of it
     */
    FolderJob(Workshop shop, Entry entry, EntryLock lock, Path file, Path named, Outcome outcome) {
        this.shop = shop;
        this.entry = entry;
        this.lock = lock;
        this.journal = new Journal(entry, shop.disk());
        this.files = new JobFiles(shop, entry, journal, file, named, outcome);
        this.file = FileNames.shown(file);
        this.outcome = outcome;
        this.kept = outcome != Outcome.NONE;
        this.problemCode = outcome == Outcome.PROBLEM ? journal.problemCode() : null;
    }

    @Override
    public String id() {
        return entry.id();
    }

    @Override
    public String file() {
        return file;
    }

    @Override
    public String name() {
        return files.settled().name();
    }

    @Override
    public String extension() {
        return files.settled().extension();
    }

    @Override
    public Path input() {
        return files.input();
    }

    /** Where the file is in {@code named/}. */
    Path namedFile() {
        return files.namedFile();
    }

    @Override
    public Optional<String> obstacle() {
        return files.obstacle();
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Optional<String> problemCode() {
        return Optional.ofNullable(problemCode);
    }

    @Override
    public synchronized void keepReply(byte[] json) throws IOException {
        checkHeld();
        if (outcome != Outcome.REPLY) {
            heldText = files.settled().isText() ? ReplyFile.textOf(json) : null;
            held = json.clone();
            kept = false;
            outcome = Outcome.REPLY;
        }
        keep();
    }

    @Override
    public synchronized void keepProblem(byte[] json) throws IOException {
        checkHeld();
        if (outcome == Outcome.NONE) {
            held = json.clone();
            kept = false;
            outcome = Outcome.PROBLEM;
            problemCode = Journal.codeOf(json);
        }
        keep();
    }

    /** Does it again when somebody has deleted what was kept. */
    private void keep() throws IOException {
        shop.folders().requireWork();
        if (held == null || kept && journal.outcome() != Outcome.NONE) {
            return;
        }
        kept = false;
        if (outcome == Outcome.REPLY) {
            journal.keepReply(held, heldText);
        } else {
            journal.keepProblem(held);
        }
        kept = true;
        if (held.length > MAX_HELD) {
            placed();
        }
    }

    private void placed() {
        held = null;
        heldText = null;
    }

    @Override
    public boolean kept() {
        return kept;
    }

    @Override
    public synchronized void writeText() throws IOException {
        checkOutcome(Outcome.REPLY);
        place(journal.waitingText(), TakenNames.TEXT);
        heldText = null;
    }

    @Override
    public synchronized void writeReply() throws IOException {
        checkOutcome(Outcome.REPLY);
        place(journal.waitingReply(), TakenNames.REPLY);
        placed();
        files.sync();
    }

    @Override
    public synchronized void writeProblem() throws IOException {
        checkOutcome(Outcome.PROBLEM);
        place(journal.waitingProblem(), TakenNames.PROBLEM);
        placed();
        files.sync();
    }

    private void place(Path waiting, String ending) throws IOException {
        if (!finished) {
            keep();
            journal.linkKept();
            files.place(waiting, outcome, ending);
        }
    }

    @Override
    public synchronized void finish() throws IOException {
        if (finished) {
            return;
        }
        checkHeld();
        if (outcome == Outcome.NONE) {
            throw new IllegalStateException("a job without an outcome is not finished");
        }
        keep();
        if (journal.isWaiting()) {
            throw new IllegalStateException("the result is not in its place yet");
        }
        files.moveInput(outcome);
        removeEntry();
        finished = true;
        shop.jobs().remove(id());
    }

    /** The lock of the folder is for the last names only: as long as the entry's own is held, nobody touches the rest. */
    private void removeEntry() throws IOException {
        entry.clear(shop.disk());
        try (FolderLock.Held held = shop.lock().take()) {
            if (!entry.removeCleared(shop.disk(), lock)) {
                LOG.warn("Job {} is over; its folder in .work/ stays since files of others are in it", id());
            }
        }
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public synchronized void release() {
        if (finished || released) {
            return;
        }
        released = true;
        try {
            if (!kept && outcome != Outcome.NONE) {
                keep();
            }
        } catch (IOException e) {
            LOG.warn("The outcome of job {} could not be kept; it will be asked again: {}", id(), FileNames.oneLine(e));
        }
        shop.jobs().remove(id());
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("The lock of job {} could not be closed: {}", id(), FileNames.oneLine(e));
        }
    }

    private void checkOutcome(Outcome needed) {
        checkHeld();
        if (outcome != needed) {
            throw new IllegalStateException("the outcome of the job is " + outcome);
        }
    }

    private void checkHeld() {
        if (released) {
            throw new IllegalStateException("the job was released");
        }
    }
}
