package dev.caravan.files;

import dev.caravan.files.Job.Outcome;
import dev.caravan.files.NameSettlement.Settled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A job's settled name, and its input and results on the way to the places that the name gives them. Looking and
 * renaming is done under the lock of the folder; nobody holds it while the disk is waited for.
 */
final class JobFiles {
    private final Workshop shop;
    private final Entry entry;
    private final Journal journal;
    private final Path sub;
    private final String stem;
    private volatile Settled settled;
    /** Where a file may have been put whose name is not on disk for certain; null for none. */
    private Path unsynced;

    /**
     * @param file the input's path below the inbox as it was when it was claimed
     * @param named its path in {@code named/}
     * @param outcome what a process before this one may have put into its place
     */
    JobFiles(Workshop shop, Entry entry, Journal journal, Path file, Path named, Outcome outcome) {
        this.shop = shop;
        this.entry = entry;
        this.journal = journal;
        this.sub = Folders.subFolder(named);
        this.stem = ComparedName.stem(FileNames.of(file));
        String name = FileNames.of(named);
        this.settled = new Settled(ComparedName.stem(name), ComparedName.suffix(name));
        this.unsynced = outcome == Outcome.NONE ? null : results(outcome).resolve(sub);
    }

    Settled settled() {
        return settled;
    }

    /** Where the input is in {@code named/}. */
    Path namedFile() {
        return sub.resolve(settled.file());
    }

    Path input() {
        return entry.named().resolve(namedFile());
    }

    Optional<String> obstacle() {
        Folders folders = shop.folders();
        return List.of(folders.outbox(), folders.done(), folders.failed()).stream()
                .flatMap(folder -> Folders.obstacle(folder, sub).stream())
                .findFirst();
    }

    private Path results(Outcome outcome) {
        return outcome == Outcome.REPLY
                ? shop.folders().outbox()
                : shop.folders().failed();
    }

    private Path inputs(Outcome outcome) {
        return outcome == Outcome.REPLY ? shop.folders().done() : shop.folders().failed();
    }

    /** Puts a waiting result into its place; does nothing when it was put there before. */
    void place(Path waiting, Outcome outcome, String ending) throws IOException {
        if (Folders.exists(waiting)) {
            try (FolderLock.Held held = shop.lock().take()) {
                Path place = Folders.make(shop.disk(), results(outcome), sub);
                if (isTaken(outcome, place, Folders.make(shop.disk(), inputs(outcome), sub))) {
                    settleAnew(outcome, place);
                }
                Path target = place.resolve(FileNames.path(settled.name() + ending));
                Folders.rename(shop.disk(), waiting, target, results(outcome));
                shop.settlement().put(target);
                unsynced = place;
            }
        }
    }

    /** Returns when what was put into its place is on disk. */
    void sync() throws IOException {
        if (unsynced != null) {
            shop.syncs().sync(unsynced);
            unsynced = null;
        }
    }

    /** Whether a file stands where one of this job's is still to go. */
    private boolean isTaken(Outcome outcome, Path results, Path inputs) {
        if (Folders.exists(inputs.resolve(settled.file()))) {
            return true;
        }
        String name = settled.name();
        if (outcome == Outcome.PROBLEM) {
            return Folders.exists(results.resolve(FileNames.path(name + TakenNames.PROBLEM)));
        }
        return Folders.exists(journal.waitingText())
                        && Folders.exists(results.resolve(FileNames.path(name + TakenNames.TEXT)))
                || Folders.exists(journal.waitingReply())
                        && Folders.exists(results.resolve(FileNames.path(name + TakenNames.REPLY)));
    }

    /** A text that is in its place already goes along. */
    private void settleAnew(Outcome outcome, Path results) throws IOException {
        Settled next = shop.settle(sub, stem, settled.suffix(), entry.id());
        Path text = results.resolve(FileNames.path(settled.name() + TakenNames.TEXT));
        if (outcome == Outcome.REPLY
                && settled.isText()
                && !Folders.exists(journal.waitingText())
                && Folders.exists(text)) {
            shop.disk().rename(text, results.resolve(FileNames.path(next.name() + TakenNames.TEXT)));
        }
        if (Folders.exists(input())) {
            shop.disk().rename(input(), input().resolveSibling(next.file()));
        }
        settled = next;
    }

    /** Moves the input to where the outcome puts it, on disk when this returns. */
    void moveInput(Outcome outcome) throws IOException {
        sync();
        Path input = input();
        if (Folders.exists(input)) {
            try (FolderLock.Held held = shop.lock().take()) {
                Path place = Folders.make(shop.disk(), inputs(outcome), sub);
                Path target = place.resolve(settled.file());
                if (Folders.exists(target)) {
                    Settled next = shop.settle(sub, stem, settled.suffix(), entry.id());
                    target = place.resolve(next.file());
                }
                Folders.rename(shop.disk(), input, target, inputs(outcome));
                shop.settlement().put(target);
                unsynced = place;
            }
        }
        sync();
    }
}
