package dev.caravan.files;

import dev.caravan.observe.FinishedRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs in work, as many at once as there are slots. A job holds its slot until it is over, or its outcome is kept on
 * disk and cannot be put into its place yet: then it is set aside. {@link #fill} and {@link #retry} are for the scan
 * thread; all else is for any.
 */
final class JobRuns {
    private static final Logger LOG = LoggerFactory.getLogger(JobRuns.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final JobIntake intake;
    private final Executor workers;
    private final int slots;
    private final LongSupplier nanoTime;
    private final Consumer<FinishedRequest> finished;
    private final Runnable wake;

    private final Trouble placing = new Trouble(
            "The result of a job cannot be written; it is kept and tried again",
            "Results of jobs can be written again");
    private final Trouble stumbling = new Trouble(
            "A job cannot be brought to its end, which is a bug or a misuse of its steps; what came of it is kept",
            "No job stumbles any more");
    private final Trouble crowded = new Trouble(
            "Caravan is too full to ask for a file; folder work pauses for " + PAUSE.toSeconds() + " s each time",
            "Files are asked for again");

    /** All that follows is guarded by this object. */
    private final List<JobRun> running = new ArrayList<>();

    /** Those that hold their slots although they only wait for the disk. */
    private final List<JobRun> unplaced = new ArrayList<>();

    private final SetAside aside = new SetAside();
    private boolean stopping;
    private boolean cutOff;
    private long pausedUntil;

    /**
     * What the jobs work with.
     *
     * @param finished told of each job that is over
     * @param wake called when a slot has become free
     */
    record Parts(Executor workers, LongSupplier nanoTime, Consumer<FinishedRequest> finished, Runnable wake) {}

    JobRuns(Parts parts, JobIntake intake, int slots) {
        this.workers = parts.workers();
        this.nanoTime = parts.nanoTime();
        this.finished = parts.finished();
        this.wake = parts.wake();
        this.intake = intake;
        this.slots = slots;
        this.pausedUntil = nanoTime.getAsLong();
    }

    /** Begins jobs while slots are free. */
    void fill(InboxConsumer route) {
        while (mayBegin()) {
            Job job = intake.next();
            if (job == null) {
                return;
            }
            begin(job, route);
        }
    }

    private synchronized boolean mayBegin() {
        return !stopping && running.size() < slots && nanoTime.getAsLong() - pausedUntil >= 0;
    }

    private void begin(Job job, InboxConsumer route) {
        JobRun run = new JobRun(job, nanoTime.getAsLong(), this::isStopping);
        synchronized (this) {
            if (stopping) {
                job.release();
                return;
            }
            running.add(run);
        }
        if (job.outcome() != Job.Outcome.NONE) {
            run.complete();
            over(run);
            return;
        }
        try {
            workers.execute(() -> route.ask(run, () -> over(run)));
        } catch (RejectedExecutionException e) {
            run.notAsked();
            over(run);
        }
    }

    private void over(JobRun run) {
        if (run.again()) {
            leave(run);
            if (run.trouble() == null) {
                pause();
            } else {
                LOG.warn("A file cannot be read now; it is tried again later: {}", LogText.of(run.trouble()));
            }
        } else if (run.job().finished()) {
            end(run);
        } else {
            putOff(run);
        }
    }

    /** What came of the job cannot be put into its place. */
    private void putOff(JobRun run) {
        boolean release;
        synchronized (this) {
            (run.trouble() instanceof IOException ? placing : stumbling).begins(run.trouble());
            release = stopping && run.job().kept();
            if (!release) {
                if (run.job().kept() && aside.add(run, nanoTime.getAsLong())) {
                    running.remove(run);
                    notifyAll();
                } else {
                    unplaced.add(run);
                }
            }
        }
        if (release) {
            leave(run);
        }
        wake.run();
    }

    /** Gives the jobs up whose outcome is kept; they can be taken over later. */
    void releaseSetAside() {
        List<JobRun> left;
        synchronized (this) {
            left = aside.removeAll();
        }
        left.forEach(run -> run.job().release());
    }

    private void end(JobRun run) {
        finished.accept(run.finished(nanoTime.getAsLong()));
        crowded.over();
        remove(run);
    }

    /** Gives the job up as it is, to be taken over later. */
    private void leave(JobRun run) {
        run.job().release();
        remove(run);
    }

    private void remove(JobRun run) {
        synchronized (this) {
            running.remove(run);
            notifyAll();
        }
        wake.run();
    }

    private void pause() {
        synchronized (this) {
            if (stopping) {
                return;
            }
            pausedUntil = nanoTime.getAsLong() + PAUSE.toNanos();
        }
        crowded.begins();
    }

    /** Tries to place what could not be placed; gives it up when the time of a stop is over. */
    void retry() {
        List<JobRun> due;
        boolean lastTime;
        synchronized (this) {
            due = new ArrayList<>(unplaced);
            unplaced.clear();
            List<JobRun> fromAside = aside.removeDue(nanoTime.getAsLong());
            running.addAll(fromAside);
            due.addAll(fromAside);
            lastTime = cutOff;
        }
        for (JobRun run : due) {
            run.complete();
            if (run.job().finished()) {
                end(run);
            } else if (lastTime) {
                LOG.warn(
                        "Job {} stops before its result is in its place: {}",
                        run.job().id(),
                        LogText.of(run.trouble()));
                leave(run);
            } else {
                putOff(run);
            }
        }
        synchronized (this) {
            if (unplaced.isEmpty() && aside.isEmpty() && !stopping) {
                placing.over();
                stumbling.over();
            }
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /** Begins nothing more. Jobs whose outcome is kept are released. */
    void stop() {
        synchronized (this) {
            stopping = true;
        }
        releaseSetAside();
    }

    /** Cuts off all that is in work. */
    void cancel() {
        List<JobRun> all;
        synchronized (this) {
            cutOff = true;
            all = List.copyOf(running);
        }
        all.forEach(JobRun::cancel);
        wake.run();
    }

    synchronized int count() {
        return running.size();
    }

    /** Whether a job is answered, but not on disk: its answer was paid for and goes with the process. */
    synchronized boolean holdsUnkept() {
        return running.stream()
                .anyMatch(run ->
                        run.job().outcome() == Job.Outcome.REPLY && !run.job().kept());
    }

    /** Waits until nothing is in work; false when the time was up before. */
    synchronized boolean awaitIdle(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (!running.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
        }
        return true;
    }
}
