package dev.caravan.trunk;

import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.AsyncProcessorSupport;

/** Begins a call of the request in the body. When Camel forces a stop, it cuts off the calls that it has begun. */
final class TakeRequest extends AsyncProcessorSupport implements ShutdownPrepared {
    private final ActiveCalls activeCalls;
    private final Duration total;
    private final LongSupplier nanoTime;
    private final boolean structured;

    /**
     * @param total the total timeout
     * @param structured whether the answer shall be valid against a schema
     */
    TakeRequest(ActiveCalls activeCalls, Duration total, LongSupplier nanoTime, boolean structured) {
        this.activeCalls = activeCalls;
        this.total = total;
        this.nanoTime = nanoTime;
        this.structured = structured;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            begin(exchange);
        } catch (Throwable e) {
            // Camel has no catch around an asynchronous step: thrown, it would leave the caller without an answer.
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    private void begin(Exchange exchange) {
        Object id = exchange.getProperty(ExchangeKeys.REQUEST_ID);
        Object cancellation = exchange.getProperty(ExchangeKeys.CANCELLATION);
        TrunkCall call = new TrunkCall(
                id instanceof String text ? text : exchange.getExchangeId(),
                cancellation instanceof Cancellation callers ? callers : new Cancellation(),
                MessageBefore.of(exchange),
                total,
                nanoTime);
        exchange.setProperty(ExchangeKeys.CALL, call);
        activeCalls.begin(exchange, call);
        LlmRequest request = RequestIntake.read(exchange, structured);
        call.request(request);
        if (request.stream()) {
            call.outlet(new PartOutlet(sink(exchange), call.clock()));
        }
    }

    private static PartSink sink(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.PART_SINK) instanceof PartSink sink) {
            return sink;
        }
        throw LlmException.invalid(
                "stream: here is nothing that takes the parts of an answer. By HTTP send stream true to"
                        + " /v1/generate; in a route use caravan:generate?stream=true; in Java LlmClient.stream.");
    }

    /** Camel next interrupts whoever waits for an answer, so the answers come before. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        if (forced) {
            activeCalls.endAll();
        }
    }
}
