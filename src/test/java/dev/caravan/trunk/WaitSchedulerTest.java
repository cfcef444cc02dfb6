package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.runtime.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitSchedulerTest {
    private final WaitScheduler scheduler = new WaitScheduler();
    private final Cancellation call = new Cancellation();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    @Test
    void cancelledCall_endsItsWaitOnTheSchedulersThread() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        scheduler.nextWaitIsOf(call);
        scheduler.schedule(
                () -> {
                    assertThat(Thread.currentThread()).isInstanceOf(WaitScheduler.SchedulerThread.class);
                    ended.countDown();
                },
                1,
                TimeUnit.HOURS);

        call.cancel();

        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().until(() -> scheduler.getQueue().isEmpty());
    }

    @Test
    void taskOfACall_runsOnce() {
        scheduler.nextWaitIsOf(call);
        scheduler.schedule(this::run, 1, TimeUnit.MILLISECONDS);
        Awaitility.await().until(() -> runs.get() == 1);

        call.cancel();
        call.cancel();

        assertThat(scheduler.getQueue()).isEmpty();
        assertThat(runs).hasValue(1);
    }

    @Test
    void callThatIsCancelledAlready_doesNotWait() {
        call.cancel();
        scheduler.nextWaitIsOf(call);

        scheduler.schedule(this::run, 1, TimeUnit.HOURS);

        Awaitility.await().until(() -> runs.get() == 1);
    }

    @Test
    void otherTasks_areNotEnded() {
        scheduler.nextWaitIsOf(call);
        scheduler.schedule(this::run, 1, TimeUnit.HOURS);
        scheduler.schedule(this::run, 1, TimeUnit.HOURS);

        call.cancel();

        Awaitility.await().until(() -> runs.get() == 1);
        assertThat(scheduler.getQueue()).hasSize(1);
    }

    @Test
    void waitOfAClosedScheduler_isEndedAllTheSame() {
        scheduler.nextWaitIsOf(call);
        scheduler.schedule(this::run, 1, TimeUnit.HOURS);
        scheduler.shutdownNow();

        call.cancel();

        assertThat(runs).hasValue(1);
    }

    private void run() {
        runs.incrementAndGet();
    }
}
