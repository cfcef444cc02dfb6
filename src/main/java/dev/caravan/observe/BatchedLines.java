package dev.caravan.observe;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;

/**
 * Writes log lines in their order, many at a time: a system call for each line costs more than all else about it. A
 * line is written at most {@value #LONGEST_MS} ms after it came, at once when {@value #FULL} characters wait, and at
 * the latest by {@link #close()}. Thread-safe.
 */
public final class BatchedLines implements Consumer<String>, AutoCloseable {
    private static final int FULL = 64 * 1024;
    private static final long LONGEST_MS = 20;

    private final PrintStream out;
    private final DateTimeFormatter times;
    private final String prefix;
    private final Clock clock;
    private final StringBuilder waiting = new StringBuilder(FULL);
    private long stampedMillis;
    private String stamp;
    private boolean closed;

    /**
     * @param out not closed with this
     * @param timePattern of {@link DateTimeFormatter}; the time stands before each line
     * @param prefix stands between the time and the line
     */
    public BatchedLines(PrintStream out, String timePattern, String prefix, Clock clock) {
        this.out = out;
        this.times = DateTimeFormatter.ofPattern(timePattern).withZone(ZoneId.systemDefault());
        this.prefix = prefix;
        this.clock = clock;
        Thread writer = new Thread(this::writeOnAndOn, "caravan-access-log");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public synchronized void accept(String line) {
        boolean first = waiting.isEmpty();
        waiting.append(stamp()).append(prefix).append(line).append(System.lineSeparator());
        if (closed || waiting.length() >= FULL) {
            write();
        } else if (first) {
            notifyAll();
        }
    }

    /** Formats a time once for all lines of a millisecond. */
    private String stamp() {
        long millis = clock.millis();
        if (stamp == null || millis != stampedMillis) {
            stampedMillis = millis;
            stamp = times.format(Instant.ofEpochMilli(millis));
        }
        return stamp;
    }

    private void write() {
        byte[] bytes = waiting.toString().getBytes(StandardCharsets.UTF_8);
        waiting.setLength(0);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    private synchronized void writeOnAndOn() {
        try {
            while (!closed) {
                while (waiting.isEmpty() && !closed) {
                    wait();
                }
                wait(LONGEST_MS);
                write();
            }
        } catch (InterruptedException e) {
            // Nobody else would write what comes: from now on each line is written at once.
            closed = true;
            write();
        }
    }

    /** Writes what waits; a line that comes later is written at once. */
    @Override
    public synchronized void close() {
        closed = true;
        write();
        notifyAll();
    }
}
