package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Claims files and keeps what is known of each job. The embedded default keeps it beside the files; processes on one
 * folder share it, and a job belongs to one of them at a time.
 */
interface JobStore extends AutoCloseable {
    /**
     * Takes a file out of the inbox, atomically, and settles the job's name.
     *
     * @param file a file below the inbox
     * @return empty when the file has gone, taken by another process or by its owner
     * @throws IOException when the folder cannot be written; the file stays where it is, or its job can be adopted
     */
    Optional<Job> claim(Path file) throws IOException;

    /**
     * Takes over every job that no living process works at: those of processes that crashed, and those that were
     * {@linkplain Job#release() released} here. Clears away what is left of jobs that are over.
     */
    List<Job> adopt() throws IOException;

    /** Releases all jobs. */
    @Override
    void close();
}
