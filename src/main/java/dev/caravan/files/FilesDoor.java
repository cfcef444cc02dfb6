package dev.caravan.files;

import dev.caravan.config.Settings;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.observe.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder door: one thread watches the inbox and begins a job for each file, an exchange of the route that comes
 * from {@code caravan-files:inbox}.
 *
 * <p>Order of use: {@link #bind} before the routes are loaded, {@link #open} when they may get jobs; at the end {@link
 * #stopTaking}, {@link #awaitIdle}, {@link #close}. Thread-safe.
 */
public final class FilesDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FilesDoor.class);
    private static final String DOOR = "files";
    private static final long LEAST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MOST_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final int REST_PER_WALK = 5;
    private static final long MOST_REST = TimeUnit.SECONDS.toNanos(2);
    private static final Duration TIME_TO_END = Duration.ofSeconds(2);

    private final Ensure ensure;
    private final JobStore store;
    private final FileSteps steps;
    private final LongSupplier nanoTime;
    private final JobIntake intake;
    private final JobRuns runs;
    private final long interval;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "caravan-files");
    private final Trouble watching =
            new Trouble("The folders cannot be used; it is tried again", "The folders can be used again");
    private final Trouble stumbling = new Trouble(
            "The folder door stumbled over something that it does not know; it goes on",
            "The folder door is well again");
    private volatile InboxConsumer route;
    private volatile boolean opened;
    private volatile boolean stopping;
    private volatile boolean closed;
    private long lastWalkNanos;

    /** Makes the folders when they are not there. */
    @FunctionalInterface
    interface Ensure {
        void folders() throws IOException;
    }

    /**
     * What the door works with.
     *
     * @param workers starts the exchanges; not closed by the door
     * @param metrics takes each finished job
     * @param accessLog takes each finished job
     */
    public record Parts(Executor workers, Metrics metrics, AccessLog accessLog) {}

    /** What is on disk; the store is closed with the door. */
    record OnDisk(Path inbox, Ensure ensure, JobStore store, FileRequestReader reader) {
        static OnDisk of(Settings.Files settings, long maxBytes) {
            Folders folders = new Folders(settings.dir());
            LateStore store = new LateStore(folders);
            return new OnDisk(folders.inbox(), store::ensure, store, new FileRequestReader(maxBytes));
        }
    }

    FilesDoor(Settings.Files settings, OnDisk disk, Parts parts, LongSupplier nanoTime) {
        this.ensure = disk.ensure();
        this.store = disk.store();
        this.steps = new FileSteps(disk.reader());
        this.nanoTime = nanoTime;
        this.intake = new JobIntake(disk.store(), new InboxScan(disk.inbox(), settings.settle(), nanoTime), nanoTime);
        this.runs = new JobRuns(
                new JobRuns.Parts(parts.workers(), nanoTime, job -> finished(parts, job), wake::release),
                intake,
                settings.concurrent());
        this.interval = Math.min(
                MOST_INTERVAL, Math.max(LEAST_INTERVAL, settings.settle().toNanos() / 2));
        thread.setDaemon(true);
        parts.metrics().inFlight(DOOR, runs::count);
        parts.metrics().waitingFiles(intake::waiting);
    }

    /**
     * A door for these folders; nothing is done to them yet.
     *
     * @param maxBytes most bytes of a file
     */
    public static FilesDoor create(Settings.Files settings, long maxBytes, Parts parts) {
        return new FilesDoor(settings, OnDisk.of(settings, maxBytes), parts, System::nanoTime);
    }

    private static void finished(Parts parts, FinishedRequest job) {
        parts.metrics().record(job);
        parts.accessLog().log(job);
    }

    /**
     * Makes the folders now, so that the caller learns what is in the way; the door itself tries on.
     *
     * @throws IOException when they cannot be made
     */
    public void makeFolders() throws IOException {
        ensure.folders();
    }

    /** Gives the context the endpoint and the steps that route files name. */
    public void bind(CamelContext context) {
        context.addComponent(InboxEndpoint.SCHEME, new InboxComponent(this));
        context.getCamelContextExtension().addInterceptStrategy(new FailedStep());
        steps.bindTo(context.getRegistry());
    }

    /** Begins to take files, as soon as the route is started too. */
    public void open() {
        opened = true;
        if (!takesFiles()) {
            LOG.warn(
                    "Nothing takes the files of the inbox: no started route begins at {} (a files.yaml of yours in place of"
                            + " the shipped one, or autoStartup)",
                    InboxEndpoint.URI);
        }
        thread.start();
    }

    /** Whether a started route takes files. */
    public boolean takesFiles() {
        return route != null;
    }

    void attach(InboxConsumer consumer) {
        route = consumer;
        wake.release();
    }

    void detach(InboxConsumer consumer) {
        if (route == consumer) {
            route = null;
        }
    }

    private void run() {
        long next = nanoTime.getAsLong();
        while (!closed) {
            boolean due = nanoTime.getAsLong() - next >= 0;
            try {
                turn(due);
                stumbling.over();
            } catch (RuntimeException | Error e) {
                stumbling.begins(e);
            }
            if (due) {
                next = nanoTime.getAsLong() + Math.max(interval, Math.min(MOST_REST, REST_PER_WALK * lastWalkNanos));
            }
            try {
                wake.tryAcquire(Math.max(1, next - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Nobody but a closing virtual machine interrupts it.
                return;
            }
            wake.drainPermits();
        }
    }

    private void turn(boolean due) {
        if (due) {
            tick();
        } else {
            fill();
        }
    }

    /** All that is done once in an interval. */
    void tick() {
        runs.retry();
        if (!taking()) {
            return;
        }
        try {
            ensure.folders();
            intake.adopt();
            fill();
            long begin = nanoTime.getAsLong();
            intake.scan(this::fill);
            lastWalkNanos = nanoTime.getAsLong() - begin;
            watching.over();
        } catch (FolderGoneException e) {
            watching.begins(e);
            intake.folderGone();
            runs.releaseSetAside();
            return;
        } catch (IOException e) {
            watching.begins(e);
            return;
        }
        fill();
    }

    /** A slot may have become free. */
    void fill() {
        InboxConsumer consumer = route;
        if (consumer != null && taking()) {
            runs.fill(consumer);
        }
    }

    boolean taking() {
        return opened && !stopping && route != null;
    }

    /**
     * Takes nothing new from now on. Jobs in work go on; one whose wait for the limit the trunk ends is left in .work/
     * for the next start.
     */
    public void stopTaking() {
        stopping = true;
        intake.stop();
        runs.stop();
    }

    /**
     * Waits for the jobs in work.
     *
     * @return false when the time was up before they were over
     */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        return runs.awaitIdle(timeout);
    }

    /** Whether an answer that was paid for is in memory only, since the disk does not take it. */
    public boolean holdsUnkept() {
        return runs.holdsUnkept();
    }

    /** Cuts off the jobs in work; they stay in .work/ and are carried on at the next start. */
    public void cancelInWork() {
        runs.cancel();
    }

    /** Ends the watching and releases all jobs. */
    @Override
    public void close() {
        stopTaking();
        closed = true;
        wake.release();
        try {
            thread.join(TIME_TO_END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
