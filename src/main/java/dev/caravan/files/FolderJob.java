package dev.caravan.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.files.NameSettlement.Settled;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job whose state is the names in its entry. */
final class FolderJob implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(FolderJob.class);
    private static final Set<String> TEXTS = Set.of("txt", "md");

    private final Workshop shop;
    private final Entry entry;
    private final EntryLock lock;
    private final Journal journal;
    private final String file;
    private final Path sub;
    private final String stem;

    private volatile Settled settled;
    private volatile Outcome outcome;
    private volatile boolean finished;
    private volatile boolean released;
    /** The outcome as long as it is not kept on disk. */
    private byte[] unkept;

    private String unkeptText;

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
        this.file = FileNames.shown(file);
        this.sub = Folders.subFolder(named);
        this.stem = ComparedName.stem(FileNames.of(file));
        String name = FileNames.of(named);
        this.settled = new Settled(ComparedName.stem(name), ComparedName.suffix(name));
        this.outcome = outcome;
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
        return settled.name();
    }

    @Override
    public String extension() {
        String suffix = settled.suffix();
        return suffix.isEmpty() ? "" : suffix.substring(1).toLowerCase(Locale.ROOT);
    }

    @Override
    public Path input() {
        return entry.named().resolve(namedFile());
    }

    /** Where the file is in {@code named/}. */
    Path namedFile() {
        return sub.resolve(settled.file());
    }

    @Override
    public Optional<String> obstacle() {
        Folders folders = shop.folders();
        return List.of(folders.outbox(), folders.done(), folders.failed()).stream()
                .flatMap(folder -> Folders.obstacle(folder, sub).stream())
                .findFirst();
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public synchronized void keepReply(byte[] json) throws IOException {
        checkHeld();
        if (outcome != Outcome.REPLY) {
            unkeptText = isText() ? textOf(json) : null;
            unkept = json.clone();
            outcome = Outcome.REPLY;
        }
        keep();
    }

    @Override
    public synchronized void keepProblem(byte[] json) throws IOException {
        checkHeld();
        if (outcome == Outcome.NONE) {
            unkept = json.clone();
            outcome = Outcome.PROBLEM;
        }
        keep();
    }

    private void keep() throws IOException {
        if (unkept == null) {
            return;
        }
        if (outcome == Outcome.REPLY) {
            journal.keepReply(unkept, unkeptText);
        } else {
            journal.keepProblem(unkept);
        }
        unkept = null;
        unkeptText = null;
    }

    private boolean isText() {
        return TEXTS.contains(extension());
    }

    private static String textOf(byte[] json) {
        try {
            return Texts.wellFormed(Json.read(json).path("text").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a reply must be JSON", e);
        }
    }

    @Override
    public synchronized void writeText() throws IOException {
        checkOutcome(Outcome.REPLY);
        place(journal.waitingText(), shop.folders().outbox(), TakenNames.TEXT);
    }

    @Override
    public synchronized void writeReply() throws IOException {
        checkOutcome(Outcome.REPLY);
        place(journal.waitingReply(), shop.folders().outbox(), TakenNames.REPLY);
    }

    @Override
    public synchronized void writeProblem() throws IOException {
        checkOutcome(Outcome.PROBLEM);
        place(journal.waitingProblem(), shop.folders().failed(), TakenNames.PROBLEM);
    }

    private void place(Path waiting, Path folder, String ending) throws IOException {
        keep();
        try (FolderLock.Held held = shop.lock().take()) {
            if (finished || !Folders.exists(waiting)) {
                return;
            }
            Path place = Folders.make(shop.disk(), folder, sub);
            if (isTaken(place, Folders.make(shop.disk(), lastFolder(), sub))) {
                settleAnew(place);
            }
            Folders.rename(shop.disk(), waiting, place.resolve(FileNames.path(name() + ending)), folder);
            shop.disk().sync(place);
        }
    }

    private Path lastFolder() {
        return outcome == Outcome.REPLY ? shop.folders().done() : shop.folders().failed();
    }

    /** Whether a file stands where one of this job's is still to go. */
    private boolean isTaken(Path results, Path inputs) {
        if (Folders.exists(inputs.resolve(settled.file()))) {
            return true;
        }
        if (outcome == Outcome.PROBLEM) {
            return Folders.exists(results.resolve(FileNames.path(name() + TakenNames.PROBLEM)));
        }
        return Folders.exists(journal.waitingText())
                        && Folders.exists(results.resolve(FileNames.path(name() + TakenNames.TEXT)))
                || Folders.exists(results.resolve(FileNames.path(name() + TakenNames.REPLY)));
    }

    /** A text that is in its place already goes along. */
    private void settleAnew(Path results) throws IOException {
        Settled next = shop.settle(sub, stem, settled.suffix(), id());
        Path text = results.resolve(FileNames.path(name() + TakenNames.TEXT));
        if (outcome == Outcome.REPLY && isText() && !Folders.exists(journal.waitingText()) && Folders.exists(text)) {
            shop.disk().rename(text, results.resolve(FileNames.path(next.name() + TakenNames.TEXT)));
        }
        if (Folders.exists(input())) {
            shop.disk().rename(input(), input().resolveSibling(next.file()));
        }
        settled = next;
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
        try (FolderLock.Held held = shop.lock().take()) {
            if (journal.isWaiting()) {
                throw new IllegalStateException("the result is not in its place yet");
            }
            moveInput();
            if (!entry.remove(shop.disk(), lock)) {
                LOG.warn("Job {} is over; its folder in .work/ stays since files of others are in it", id());
            }
            finished = true;
            shop.jobs().remove(id());
        }
    }

    private void moveInput() throws IOException {
        Path input = input();
        if (!Folders.exists(input)) {
            return;
        }
        Path place = Folders.make(shop.disk(), lastFolder(), sub);
        Path target = place.resolve(settled.file());
        if (Folders.exists(target)) {
            target =
                    place.resolve(shop.settle(sub, stem, settled.suffix(), id()).file());
        }
        Folders.rename(shop.disk(), input, target, lastFolder());
        shop.disk().sync(place);
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
            keep();
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
