package dev.caravan.files;

import dev.caravan.observe.FinishedRequest;
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
 * The jobs in work, as many at once as there are slots. A job holds its slot until its outcome is on disk. {@link #fill}
 * and {@link #retry} are for the scan thread; all else is for any.
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
    private final Trouble crowded = new Trouble(
            "Caravan is too full to ask for a file; folder work pauses for " + PAUSE.toSeconds() + " s each time",
            "Files are asked for again");

    /** All that follows is guarded by this object. */
    private final List<JobRun> running = new ArrayList<>();

    private final List<JobRun> unplaced = new ArrayList<>();
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
            placing.begins(run.trouble());
            synchronized (this) {
                unplaced.add(run);
            }
            wake.run();
        }
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
        List<JobRun> left;
        boolean lastTime;
        synchronized (this) {
            left = List.copyOf(unplaced);
            lastTime = cutOff;
        }
        for (JobRun run : left) {
            run.complete();
            boolean done = run.job().finished();
            if (done || lastTime) {
                synchronized (this) {
                    unplaced.remove(run);
                }
            }
            if (done) {
                end(run);
            } else if (lastTime) {
                LOG.warn(
                        "Job {} stops before its result is in its place: {}",
                        run.job().id(),
                        LogText.of(run.trouble()));
                leave(run);
            }
        }
        synchronized (this) {
            if (unplaced.isEmpty() && !lastTime) {
                placing.over();
            }
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /** Begins nothing more. */
    synchronized void stop() {
        stopping = true;
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
