package dev.caravan.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.files.Job.Outcome;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The outcome of a job, kept in its entry: each result that is still to be put in its place, which is done by renaming
 * it away, and before that a second name of the reply or problem, {@code reply.json} or {@code error.json}, which stays.
 * So a journal without a waiting result says that the result was in its place, even if somebody has taken it since.
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

    /** What is kept, under either of its two names. */
    Outcome outcome() {
        if (Folders.exists(dir.resolve(REPLY)) || Folders.exists(waitingReply())) {
            return Outcome.REPLY;
        }
        return Folders.exists(dir.resolve(PROBLEM)) || Folders.exists(waitingProblem())
                ? Outcome.PROBLEM
                : Outcome.NONE;
    }

    /** The code of the kept problem; null when there is none or it cannot be read. */
    String problemCode() {
        try {
            Path kept = dir.resolve(PROBLEM);
            return codeOf(Files.readAllBytes(Folders.exists(kept) ? kept : waitingProblem()));
        } catch (IOException e) {
            // It goes to failed/ as it is; the code is for the log only.
            return null;
        }
    }

    /** The code that a problem's JSON tells; null when it tells none. */
    static String codeOf(byte[] problem) {
        try {
            return Json.read(problem).path("code").textValue();
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** @param text what goes into a file of its own; null for none */
    void keepReply(byte[] json, String text) throws IOException {
        disk.makeFolder(dir);
        if (text != null) {
            disk.write(waitingText(), text.getBytes(StandardCharsets.UTF_8));
        }
        keep(json, waitingReply());
    }

    void keepProblem(byte[] json) throws IOException {
        disk.makeFolder(dir);
        keep(json, waitingProblem());
    }

    /** From the rename on it is kept, so it comes behind all else that waits. */
    private void keep(byte[] json, Path waiting) throws IOException {
        Path temporary = dir.resolve(TEMPORARY);
        disk.write(temporary, json);
        disk.rename(temporary, waiting);
        disk.sync(dir);
    }

    /** Gives what waits the name that stays when it is renamed into its place; to be called before that. */
    void linkKept() throws IOException {
        link(waitingReply(), dir.resolve(REPLY));
        link(waitingProblem(), dir.resolve(PROBLEM));
    }

    private void link(Path waiting, Path kept) throws IOException {
        if (Folders.exists(waiting) && !Folders.exists(kept)) {
            disk.link(waiting, kept);
        }
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
