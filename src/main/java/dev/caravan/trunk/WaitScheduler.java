package dev.caravan.trunk;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The trunk's timer. A wait that belongs to a call ends early when the call is cancelled: its task runs at once, on
 * this scheduler's thread, and finds out there that it is not wanted any more.
 */
final class WaitScheduler extends ScheduledThreadPoolExecutor implements PermitLine.Timer {
    private final ThreadLocal<Cancellation> owner = new ThreadLocal<>();

    WaitScheduler() {
        super(1, SchedulerThread::new);
        setRemoveOnCancelPolicy(true);
    }

    /**
     * The next task that this thread schedules is a wait of this call. Camel's redelivery schedules without saying
     * for whom, so it is said beforehand.
     */
    void nextWaitIsOf(Cancellation call) {
        owner.set(call);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Cancellation call = owner.get();
        if (call == null) {
            return super.schedule(task, delay, unit);
        }
        owner.remove();
        Wait wait = new Wait(task);
        ScheduledFuture<?> end = super.schedule(wait, delay, unit);
        wait.endEarly(call.onCancel(() -> {
            end.cancel(false);
            soon(wait);
        }));
        return end;
    }

    @Override
    public Future<?> later(Runnable task, Duration delay) {
        try {
            return super.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Whoever waits has been cancelled before the end.
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void soon(Runnable task) {
        try {
            super.schedule(task, 0, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: whoever waits is answered all the same.
            task.run();
        }
    }

    /** Runs its task once, by the clock or early. */
    private static final class Wait implements Runnable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Runnable task;
        private volatile Cancellation.Registration registration;

        Wait(Runnable task) {
            this.task = task;
        }

        void endEarly(Cancellation.Registration value) {
            registration = value;
            if (over.get()) {
                value.close();
            }
        }

        @Override
        public void run() {
            if (over.compareAndSet(false, true)) {
                if (registration != null) {
                    registration.close();
                }
                task.run();
            }
        }
    }

    /** A thread of the scheduler, which must not wait for a model. */
    static final class SchedulerThread extends Thread {
        SchedulerThread(Runnable task) {
            super(task, "caravan-scheduler");
            setDaemon(true);
        }
    }
}
