package dev.caravan.http;

import dev.caravan.chat.Part;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.runtime.Cancellation;
import dev.caravan.stream.PartStream;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;

/**
 * The answer of a route that ended with a stream as its body: its parts become events of Caravan's own API, no faster than the
 * client takes them. When the stream is at its end the exchange has the reply or the failure in its place, and is done.
 */
final class StreamAnswer implements Flow.Subscriber<Part> {
    /** Until a cancelled request's stream is closed, should it not have heard of that by its call. */
    private static final long MILLIS_TO_HEAR = 500;

    private final Exchange exchange;
    private final PartStream stream;
    private final EventStream events;
    private final Cancellation cancellation;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Flow.Subscription subscription;
    private boolean begun;

    private StreamAnswer(Exchange exchange, PartStream stream, Cancellation cancellation, Runnable whenOver) {
        this.exchange = exchange;
        this.stream = stream;
        this.events = EventStream.begun(exchange, CaravanDialect.plain().events());
        this.cancellation = cancellation;
        this.whenOver = whenOver;
    }

    /**
     * Begins to give out the stream that the exchange ended with. On the request's event loop.
     *
     * @param workers where the stream is asked for; that may wait
     * @param whenOver called once on any thread, when the exchange has a reply or a failure
     * @return false when the exchange did not end with a stream
     */
    static boolean begin(Exchange exchange, RoutingContext ctx, Executor workers, Runnable whenOver) {
        if (exchange.getException() != null || !(exchange.getMessage().getBody() instanceof PartStream stream)) {
            return false;
        }
        Cancellation cancellation = RequestScope.of(ctx).cancellation();
        StreamAnswer answer = new StreamAnswer(exchange, stream, cancellation, whenOver);
        cancellation.onCancel(() -> closeSoon(ctx.vertx(), stream));
        try {
            workers.execute(() -> stream.subscribe(answer));
        } catch (RejectedExecutionException e) {
            stream.close();
            answer.onError(Failures.overloaded("All workers are busy. Try again in a moment."));
        }
        return true;
    }

    private static void closeSoon(Vertx vertx, PartStream stream) {
        try {
            vertx.setTimer(MILLIS_TO_HEAR, late -> stream.close());
        } catch (RejectedExecutionException e) {
            // The event loops are gone.
            stream.close();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        // What waits then is little, and the end behind it is not to wait for a client that takes nothing.
        stream.over().thenRun(() -> given.request(Long.MAX_VALUE));
        more();
    }

    @Override
    public void onNext(Part part) {
        try {
            if (!begun) {
                begun = true;
                events.begin(stream.start().orElseThrow());
            }
            events.part(part, stream.answer());
        } catch (RuntimeException e) {
            stream.close();
            onError(e);
            return;
        }
        if (events.ready(this::more)) {
            more();
        }
    }

    private void more() {
        subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
        boolean cutOff = failure instanceof CancellationException && cancellation.isCancelled();
        end(() -> exchange.setException(cutOff ? Failures.overloaded(cancellation.words()) : failure));
    }

    @Override
    public void onComplete() {
        end(() -> exchange.getMessage().setBody(stream.reply()));
    }

    private void end(Runnable outcome) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        try {
            outcome.run();
        } catch (RuntimeException e) {
            exchange.setException(e);
        }
        whenOver.run();
    }
}
