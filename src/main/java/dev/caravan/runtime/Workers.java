package dev.caravan.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that may wait for a model: virtual ones on JDK 24 and newer (older virtual threads pin their carrier in
 * synchronized code), else a bounded pool of platform threads that has no queue and refuses when all are busy.
 */
public final class Workers implements Executor, AutoCloseable {
    private static final int FIRST_JDK_THAT_DOES_NOT_PIN = 24;
    private static final int MIN_PLATFORM_THREADS = 8;

    private final ExecutorService executor;
    private final boolean virtual;

    private Workers(ExecutorService executor, boolean virtual) {
        this.executor = executor;
        this.virtual = virtual;
    }

    /**
     * @param name prefix of thread names
     * @param maxPlatformThreads bound of the pool where there are no virtual threads
     */
    public static Workers create(String name, int maxPlatformThreads) {
        if (virtualThreads()) {
            return new Workers(virtualExecutor(), true);
        }
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                0,
                Math.max(MIN_PLATFORM_THREADS, maxPlatformThreads),
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        return new Workers(pool, false);
    }

    /** Whether this JDK has virtual threads that do not pin. */
    public static boolean virtualThreads() {
        return Runtime.version().feature() >= FIRST_JDK_THAT_DOES_NOT_PIN;
    }

    static ExecutorService virtualExecutor() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("JDK " + Runtime.version() + " should have virtual threads", e);
        }
    }

    /** @throws RejectedExecutionException when every thread of the bounded pool is busy, or after close */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    public boolean virtual() {
        return virtual;
    }

    /** Takes no more tasks and interrupts those that run. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
