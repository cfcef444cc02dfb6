package dev.caravan.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells work that nobody waits for its result any more (the caller has gone, or Caravan is stopping).
 *
 * <p>Thread-safe. Callbacks run once, on the thread that cancels, or at once on the caller's when it is already
 * cancelled; they must not block.
 */
public final class Cancellation {
    private boolean cancelled;
    private boolean stop;
    private List<Runnable> callbacks = new ArrayList<>(2);

    /** Cancels, because nobody waits any more; later calls do nothing. */
    public void cancel() {
        cancel(false);
    }

    /** Cancels, because Caravan is stopping; who waits may be told so. */
    public void stop() {
        cancel(true);
    }

    /** Cancels for the same reason as another, which is cancelled. */
    public void cancelAs(Cancellation other) {
        cancel(other.isStop());
    }

    private void cancel(boolean forStop) {
        List<Runnable> toRun;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            stop = forStop;
            toRun = callbacks;
            callbacks = List.of();
        }
        toRun.forEach(Runnable::run);
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Whether it was cancelled because Caravan is stopping. */
    public synchronized boolean isStop() {
        return stop;
    }

    /** For whoever reads the failure of a call that this has cut off. */
    public String words() {
        return isStop()
                ? "The call was cut off: Caravan is stopping."
                : "The call was cut off: its caller waits for it no longer.";
    }

    /**
     * Runs the callback when this is cancelled.
     *
     * @return takes the callback back; to be closed when the work is done
     */
    public Registration onCancel(Runnable callback) {
        synchronized (this) {
            if (!cancelled) {
                callbacks.add(callback);
                return () -> remove(callback);
            }
        }
        callback.run();
        return () -> {};
    }

    private synchronized void remove(Runnable callback) {
        if (!cancelled) {
            callbacks.remove(callback);
        }
    }

    /** A callback that can be taken back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
