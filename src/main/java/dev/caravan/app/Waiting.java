package dev.caravan.app;

import io.vertx.core.Future;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting on the main thread. */
final class Waiting {
    private static final int START_SECONDS = 30;

    private Waiting() {}

    /** @throws StartException with the line when the future fails, and its cause */
    static <T> T on(Future<T> future, String line) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw StartException.failed(line + " (" + e.getCause().getMessage() + ")", e.getCause());
        } catch (TimeoutException e) {
            throw StartException.failed(line + " (no answer within " + START_SECONDS + " s)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StartException.failed(line + " (interrupted)", e);
        }
    }

    static void on(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
