package dev.caravan.files;

import dev.caravan.files.Job.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The outcome of a job, kept in its entry: {@code reply.json} or {@code error.json}, and beside it each result that is
 * still to be put in its place, which is done by renaming it away. So a journal without a waiting result says that the
 * result was in its place, even if somebody has taken it since.
 */
final class Journal {
    /** Every name that this class uses, what waits first. */
    static final List<String> FILES;

    private static final String REPLY = "reply.json";
    private static final String PROBLEM = "error.json";
    private static final String WAITING_TEXT = "waiting.reply.txt";
    private static final String WAITING_REPLY = "waiting.reply.json";
    private static final String WAITING_PROBLEM = "waiting.error.json";
    private static final String TEMPORARY = "temporary";

    static {
        FILES = List.of(WAITING_TEXT, WAITING_REPLY, WAITING_PROBLEM, TEMPORARY, REPLY, PROBLEM);
    }

    private final Path dir;
    private final Disk disk;

    Journal(Entry entry, Disk disk) {
        this.dir = entry.dir();
        this.disk = disk;
    }

    /** What is kept. */
    Outcome outcome() {
        if (Folders.exists(dir.resolve(REPLY))) {
            return Outcome.REPLY;
        }
        return Folders.exists(dir.resolve(PROBLEM)) ? Outcome.PROBLEM : Outcome.NONE;
    }

    /** @param text what goes into a file of its own; null for none */
    void keepReply(byte[] json, String text) throws IOException {
        disk.makeFolder(dir);
        if (text != null) {
            disk.write(waitingText(), text.getBytes(StandardCharsets.UTF_8));
        }
        keep(json, waitingReply(), REPLY);
    }

    void keepProblem(byte[] json) throws IOException {
        disk.makeFolder(dir);
        keep(json, waitingProblem(), PROBLEM);
    }

    /** The waiting results are on disk before the journal says that there is an outcome. */
    private void keep(byte[] json, Path waiting, String journal) throws IOException {
        Path temporary = dir.resolve(TEMPORARY);
        disk.delete(waiting);
        disk.delete(temporary);
        disk.write(temporary, json);
        disk.link(temporary, waiting);
        disk.sync(dir);
        disk.rename(temporary, dir.resolve(journal));
        disk.sync(dir);
    }

    Path waitingText() {
        return dir.resolve(WAITING_TEXT);
    }

    Path waitingReply() {
        return dir.resolve(WAITING_REPLY);
    }

    Path waitingProblem() {
        return dir.resolve(WAITING_PROBLEM);
    }

    /** Whether a kept outcome has a result that is not in its place yet. */
    boolean isWaiting() {
        return switch (outcome()) {
            case REPLY -> Folders.exists(waitingText()) || Folders.exists(waitingReply());
            case PROBLEM -> Folders.exists(waitingProblem());
            case NONE -> false;
        };
    }
}
