package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One file on its way from the inbox to done/ or failed/. Its steps go in this order: claimed, {@link #keepReply} or
 * {@link #keepProblem}, {@link #writeText}, {@link #writeReply} or {@link #writeProblem}, {@link #finish}. A step that
 * has been done before, also by a process that crashed, does nothing; one that throws {@link IOException} may be called
 * again. Used by one thread at a time.
 */
interface Job {
    /** What has come of the job so far. */
    enum Outcome {
        /** Nothing yet: it is still to be asked. */
        NONE,
        /** It was answered. */
        REPLY,
        /** It failed for good. */
        PROBLEM
    }

    /** Id of the job and of its request, such as {@code job_…}. */
    String id();

    /** The file's path below the inbox with {@code /}, for people to read; what is no UTF-8 in it shows as U+FFFD. */
    String file();

    /** The settled name, without extension: the file's or, when that was taken, with {@code -2}, {@code -3} … */
    String name();

    /** The file's extension in lower case without the dot; empty when it has none. */
    String extension();

    /** Where the file is now. It may be a link or no regular file; nothing but its name has been looked at. */
    Path input();

    /** Why no result can be put in its place (a mirrored folder is a link or a file); empty when one can. */
    Optional<String> obstacle();

    Outcome outcome();

    /** Code of the problem, such as {@code invalid_request}; empty without one, and when what is kept tells none. */
    Optional<String> problemCode();

    /**
     * Keeps the reply, durably: what was paid for survives a crash from here on. The outcome is {@code REPLY} at once,
     * also when this throws.
     *
     * @param json the whole reply as JSON text in UTF-8, with the member {@code text}
     */
    void keepReply(byte[] json) throws IOException;

    /** Keeps the problem, likewise; without effect when there is a reply. */
    void keepProblem(byte[] json) throws IOException;

    /** Whether the outcome is kept on disk, so that nothing is lost when the job is given up. */
    boolean kept();

    /** Puts {@code name.reply.txt} into outbox/, for files whose text is the prompt ({@code .txt}, {@code .md}). */
    void writeText() throws IOException;

    /** Puts {@code name.reply.json} into outbox/. */
    void writeReply() throws IOException;

    /** Puts {@code name.error.json} into failed/. */
    void writeProblem() throws IOException;

    /** Moves the file to done/ or failed/ and forgets the job. */
    void finish() throws IOException;

    /** Whether {@link #finish} is through. */
    boolean finished();

    /** Gives the job up as it is; it can be adopted. Does nothing once it is finished. */
    void release();

    /** Every step that is still to be done once there is an outcome. */
    default void complete() throws IOException {
        if (outcome() == Outcome.PROBLEM) {
            writeProblem();
        } else if (outcome() == Outcome.REPLY) {
            writeText();
            writeReply();
        } else {
            throw new IllegalStateException("a job without an outcome cannot be completed");
        }
        finish();
    }
}
