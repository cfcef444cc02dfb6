package dev.caravan.support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A file that is written in pieces, as a copy over a slow line is. */
public final class SlowCopy {
    /** Begins the first piece. */
    public static final String FIRST = "The first piece. ";
    /** Begins the last one. */
    public static final String LAST = "The last piece. ";

    private static final long PAUSE_MILLIS = 25;

    private final Path target;
    private final String ending;
    private long lastWrite;
    private long longestPause;

    /** @param ending stands behind {@link #LAST} */
    public SlowCopy(Path target, String ending) {
        this.target = target;
        this.ending = ending;
    }

    /** Copies for so long, then writes the last piece. */
    public void run(Duration time) throws IOException, InterruptedException, ExecutionException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (OutputStream out = Files.newOutputStream(target)) {
            write(out, FIRST);
            ScheduledFuture<?> pieces =
                    clock.scheduleAtFixedRate(() -> write(out, "More. "), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            clock.schedule(() -> pieces.cancel(false), time.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            write(out, LAST + ending);
        } finally {
            clock.shutdownNow();
        }
    }

    private void write(OutputStream out, String piece) {
        try {
            out.write(piece.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long now = System.nanoTime();
        if (lastWrite != 0) {
            longestPause = Math.max(longestPause, now - lastWrite);
        }
        lastWrite = now;
    }

    /** The longest time between two pieces. */
    public Duration longestPause() {
        return Duration.ofNanos(longestPause);
    }
}
