package dev.caravan.trunk;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Workers;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** Ends an asynchronous step upon a worker, since a wire answers on an event loop. */
final class GoingOn {
    private GoingOn() {}

    /**
     * @param take what is made of the answer; what it throws becomes the exchange's failure
     * @param book notes what the answer cost, in place of that when no worker is free; on this thread
     */
    static void uponWorker(Workers workers, Exchange exchange, AsyncCallback callback, Runnable take, Runnable book) {
        try {
            workers.execute(() -> end(exchange, callback, take));
        } catch (RejectedExecutionException e) {
            exchange.setException(LlmException.builder(
                            ErrorKind.OVERLOADED, "Caravan is full or stopping: it has no worker for the reply.")
                    .cause(e)
                    .build());
            end(exchange, callback, book);
        }
    }

    private static void end(Exchange exchange, AsyncCallback callback, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            exchange.setException(e);
        }
        callback.done(false);
    }
}
