package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FolderSyncTest {
    private static final int LATECOMERS = 8;
    private static final Path FOLDER = Path.of("outbox");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** What was renamed during a sync may not be covered by it. */
    @Test
    void whoComesDuringASync_waitsForTheNext_whichIsOneForAll() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger syncs = new AtomicInteger();
        FolderSync sync = new FolderSync(new FaultyDisk(number -> {
            if (syncs.incrementAndGet() == 1) {
                first.countDown();
                await(goOn);
            }
        }));
        List<Thread> waiting = new ArrayList<>();
        List<Future<?>> all = new ArrayList<>();
        all.add(threads.submit(() -> call(sync)));
        await(first);
        for (int i = 0; i < LATECOMERS; i++) {
            all.add(threads.submit(() -> {
                synchronized (waiting) {
                    waiting.add(Thread.currentThread());
                }
                call(sync);
            }));
        }
        Awaitility.await().until(() -> {
            synchronized (waiting) {
                return waiting.size() == LATECOMERS
                        && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
            }
        });
        assertThat(all).noneMatch(Future::isDone);

        goOn.countDown();
        for (Future<?> each : all) {
            each.get(10, TimeUnit.SECONDS);
        }
        assertThat(syncs).hasValue(2);
    }

    @Test
    void aSyncThatFailed_isNobodysSync() throws IOException {
        AtomicInteger syncs = new AtomicInteger();
        FolderSync sync = new FolderSync(new FaultyDisk(number -> {
            if (syncs.incrementAndGet() == 1) {
                throw new IOException("disk");
            }
        }));

        assertThatIOException().isThrownBy(() -> sync.sync(FOLDER)).withMessage("disk");
        sync.sync(FOLDER);
        assertThat(syncs).hasValue(2);
    }

    private static void call(FolderSync sync) {
        try {
            sync.sync(FOLDER);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
