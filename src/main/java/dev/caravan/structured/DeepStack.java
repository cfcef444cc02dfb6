package dev.caravan.structured;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A large stack for work that used up its thread's: the JDK's regular expressions take some for each character of a repeated
 * group, and a virtual thread has no more than others. The stack is reserved, and used as far as the work goes; few at once.
 */
final class DeepStack {
    private static final long BYTES = 256L * 1024 * 1024;
    private static final int AT_ONCE = 2;
    private static final Semaphore FREE = new Semaphore(AT_ONCE, true);

    private DeepStack() {}

    /**
     * Runs the work to its end on a thread of its own, and throws what it threw.
     *
     * @param nanos longest time to wait for a stack
     * @param stop tells the work to end soon, when the caller is interrupted
     * @return whether there was a stack for it
     */
    static boolean run(Runnable work, long nanos, Runnable stop) throws InterruptedException {
        if (!FREE.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = new Thread(null, work, "caravan-deep-check", BYTES);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
            thread.start();
            join(thread, stop);
            rethrow(thrown.get());
            return true;
        } finally {
            FREE.release();
        }
    }

    private static void join(Thread thread, Runnable stop) throws InterruptedException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            stop.run();
            joinWhatEndsSoon(thread);
            throw e;
        }
    }

    private static void joinWhatEndsSoon(Thread thread) {
        boolean ended = false;
        while (!ended) {
            try {
                thread.join();
                ended = true;
            } catch (InterruptedException again) {
                // The first interrupt is the one that is passed on.
                ended = !thread.isAlive();
            }
        }
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
