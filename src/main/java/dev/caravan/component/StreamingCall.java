package dev.caravan.component;

import dev.caravan.chat.LlmReply;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Workers;
import dev.caravan.stream.PartStream;
import dev.caravan.stream.PendingReply;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.PartSink;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * A call whose answer the host's route gets as a stream. The host's exchange goes on, on a thread that may wait, as soon as the
 * first part is there: what fails before fails the exchange like any call. When the exchange is done, so is the stream.
 */
final class StreamingCall {
    private final AsyncProducer trunk;
    private final Workers workers;
    private final Function<Exchange, LlmException> failures;
    private final Exchange exchange;
    private final Exchange inner;
    private final PendingReply pending = new PendingReply();
    private final PartStream stream;
    private volatile Object facts;

    /**
     * @param workers where the host's route goes on
     * @param failures what the host sees of an exchange of the trunk's that failed
     * @param exchange the host's
     * @param inner the trunk's, with the request
     */
    StreamingCall(
            AsyncProducer trunk,
            Workers workers,
            Function<Exchange, LlmException> failures,
            Exchange exchange,
            Exchange inner,
            boolean structured) {
        this.trunk = trunk;
        this.workers = workers;
        this.failures = failures;
        this.exchange = exchange;
        this.inner = inner;
        this.stream = new PartStream(this::send, workers, structured);
    }

    void begin(AsyncCallback callback) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                stream.close();
            }
        });
        stream.begun().whenComplete((first, failure) -> {
            // Here the trunk stands still, so that its exchange can be read.
            facts = inner.getProperty(ExchangeKeys.CALL);
            goOn(failure, callback);
        });
        stream.send();
    }

    private PendingReply send(PartSink sink) {
        inner.setProperty(ExchangeKeys.PART_SINK, sink);
        inner.setProperty(ExchangeKeys.CANCELLATION, pending.cancellation());
        if (exchange.getProperty(ExchangeKeys.CANCELLATION) instanceof Cancellation callers) {
            Cancellation.Registration registration =
                    callers.onCancel(() -> pending.cancellation().cancelAs(callers));
            pending.whenComplete((reply, failure) -> registration.close());
        }
        trunk.process(inner, doneSync -> {
            if (inner.getException() != null) {
                pending.completeExceptionally(failures.apply(inner));
            } else {
                pending.complete(inner.getMessage().getBody(LlmReply.class));
            }
        });
        return pending;
    }

    private void goOn(Throwable failure, AsyncCallback callback) {
        try {
            workers.execute(() -> done(failure, callback));
        } catch (RejectedExecutionException e) {
            stream.close();
            LlmException full = LlmException.builder(
                            ErrorKind.OVERLOADED,
                            "Caravan is full or stopping: it has no thread for a route that reads a stream.")
                    .cause(e)
                    .build();
            done(failure == null ? full : failure, callback);
        }
    }

    private void done(Throwable failure, AsyncCallback callback) {
        exchange.setProperty(ExchangeKeys.CALL, facts);
        if (failure != null) {
            exchange.setException(failure);
        } else {
            exchange.getMessage().setBody(stream);
        }
        callback.done(false);
    }
}
