package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Claims files of a real inbox and keeps what comes of them in memory; each operation fails while a test says so. */
final class FakeJobStore implements JobStore {
    /** Names of operations that fail, such as {@code writeReply}. */
    final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** All jobs, in the order of their claims. */
    final List<FakeJob> jobs = new CopyOnWriteArrayList<>();

    /** What {@link #adopt()} gives next. */
    final List<FakeJob> left = new CopyOnWriteArrayList<>();

    final Path inbox;
    private final Path work;
    volatile boolean closed;

    FakeJobStore(Path root) throws IOException {
        this.inbox = Files.createDirectories(root.resolve("inbox"));
        this.work = Files.createDirectories(root.resolve("work"));
    }

    void drop(String name, String text) throws IOException {
        Path part = inbox.resolve("." + name);
        Files.writeString(part, text);
        Files.move(part, inbox.resolve(name));
    }

    /** A job that another process has left. */
    FakeJob leave(String name, Job.Outcome outcome) throws IOException {
        Path input = Files.writeString(work.resolve(name), "left");
        FakeJob job = new FakeJob(this, "left-" + name, name, input);
        job.outcome = outcome;
        jobs.add(job);
        left.add(job);
        return job;
    }

    FakeJob job(String file) {
        return jobs.stream().filter(job -> job.file().equals(file)).findFirst().orElseThrow();
    }

    boolean finished(String file) {
        return jobs.stream().anyMatch(job -> job.file().equals(file) && job.finished());
    }

    void failIfTold(String operation) throws IOException {
        if (failing.contains(operation)) {
            throw new IOException("no space left");
        }
    }

    @Override
    public Optional<Job> claim(Path file) throws IOException {
        String name = file.getFileName().toString();
        failIfTold("claim");
        failIfTold("claim " + name);
        Path input = work.resolve(jobs.size() + "-" + name);
        try {
            Files.move(file, input);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        FakeJob job = new FakeJob(this, "job-" + jobs.size(), name, input);
        jobs.add(job);
        return Optional.of(job);
    }

    @Override
    public List<Job> adopt() throws IOException {
        failIfTold("adopt");
        List<Job> adopted = List.copyOf(left);
        left.clear();
        return adopted;
    }

    @Override
    public void close() {
        closed = true;
    }
}
