package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Where jobs come from: what was left in .work/ first, then files that are ready. For the scan thread, apart from {@link
 * #stop()}.
 */
final class JobIntake {
    private static final Duration BETWEEN_ADOPTIONS = Duration.ofSeconds(10);
    private static final int REFUSALS_AT_ONCE = 16;

    private final JobStore store;
    private final InboxScan scan;
    private final LongSupplier nanoTime;
    private final Trouble adopting = new Trouble(
            "Jobs that were left in .work/ cannot be taken over; it is tried again",
            "Jobs that were left in .work/ can be taken over again");
    private final Trouble claiming = new Trouble(
            "A file cannot be taken out of the inbox; it stays there and is tried again",
            "Files can be taken out of the inbox again");
    /** Guarded by this, as is what follows. */
    private final Deque<Job> adopted = new ArrayDeque<>();

    private boolean stopped;
    private long nextAdoption;

    JobIntake(JobStore store, InboxScan scan, LongSupplier nanoTime) {
        this.store = store;
        this.scan = scan;
        this.nanoTime = nanoTime;
        this.nextAdoption = nanoTime.getAsLong();
    }

    /** Takes over what others have left, the first time at once and then every 10 s. */
    void adopt() {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            if (stopped || !adopted.isEmpty() || now - nextAdoption < 0) {
                return;
            }
        }
        nextAdoption = now + BETWEEN_ADOPTIONS.toNanos();
        try {
            List<Job> jobs = store.adopt();
            adopting.over();
            keep(jobs);
        } catch (IOException e) {
            adopting.begins(e);
        }
    }

    private void keep(List<Job> jobs) {
        synchronized (this) {
            if (!stopped) {
                adopted.addAll(jobs);
                return;
            }
        }
        jobs.forEach(Job::release);
    }

    /** Looks through the inbox. */
    void scan(Runnable meanwhile) throws IOException {
        scan.walk(meanwhile);
        if (!scan.anyRefused()) {
            claiming.over();
        }
    }

    /** The next job; null when there is none now. */
    Job next() {
        Job job = pollAdopted();
        for (int refusals = 0; job == null && refusals < REFUSALS_AT_ONCE; ) {
            Path file = scan.next();
            if (file == null) {
                return null;
            }
            try {
                Optional<Job> claimed = store.claim(file);
                scan.taken(file);
                job = claimed.orElse(null);
            } catch (FolderGoneException e) {
                // Told by who looks after the folders.
                return null;
            } catch (IOException | RuntimeException e) {
                // Not the end of the round: the others may lie in a folder that is well.
                scan.refused(file);
                claiming.begins(e);
                refusals++;
            }
        }
        return job;
    }

    private synchronized Job pollAdopted() {
        return adopted.poll();
    }

    /** Takes nothing more, and gives back what was not begun. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        giveBack();
    }

    /** Gives back what was taken over and not begun; it is taken over again as soon as it can be. */
    void folderGone() {
        giveBack();
        nextAdoption = nanoTime.getAsLong();
    }

    private void giveBack() {
        List<Job> left;
        synchronized (this) {
            left = List.copyOf(adopted);
            adopted.clear();
        }
        left.forEach(Job::release);
    }

    int waiting() {
        return scan.waiting();
    }
}
