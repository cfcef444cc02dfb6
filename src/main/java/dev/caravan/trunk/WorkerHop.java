package dev.caravan.trunk;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Workers;
import io.vertx.core.Context;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Moves the exchange to a worker when it stands on a thread that must not wait for a model: the scheduler's after
 * a backoff, or an event loop.
 */
final class WorkerHop extends AsyncProcessorSupport {
    private final Workers workers;

    WorkerHop(Workers workers) {
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (!(Thread.currentThread() instanceof WaitScheduler.SchedulerThread) && !Context.isOnEventLoopThread()) {
            callback.done(true);
            return true;
        }
        try {
            workers.execute(() -> callback.done(false));
            return false;
        } catch (RejectedExecutionException e) {
            exchange.setException(LlmException.builder(
                            ErrorKind.OVERLOADED, "Caravan is full or stopping: it has no worker for the call.")
                    .cause(e)
                    .build());
            callback.done(true);
            return true;
        }
    }
}
