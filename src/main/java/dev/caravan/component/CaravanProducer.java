package dev.caravan.component;

import dev.caravan.chat.LlmRequest;
import dev.caravan.dialect.Problem;
import dev.caravan.error.LlmException;
import dev.caravan.trunk.CallFailure;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.RequestIntake;
import dev.caravan.trunk.Trunk;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Sends through the trunk on an exchange of its own: the host's error handling then sees a plain failure of this
 * producer and not an exchange whose redeliveries are used up (for which Camel skips outer {@code onException}s).
 */
final class CaravanProducer extends DefaultAsyncProducer {
    /** A caller must not hang for Camel's half minute when the trunk's route is stopped. */
    private static final String NOT_BLOCKING = "?block=false";

    private AsyncProducer trunk;

    CaravanProducer(CaravanEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        String entry = ((CaravanEndpoint) getEndpoint()).structured() ? Trunk.STRUCTURED : Trunk.GENERATE;
        trunk = getEndpoint()
                .getCamelContext()
                .getEndpoint(entry + NOT_BLOCKING)
                .createAsyncProducer();
        ServiceHelper.startService(trunk);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(trunk);
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Exchange inner = getEndpoint().createExchange(exchange.getPattern());
        LlmRequest request;
        try {
            request = request(exchange);
        } catch (Throwable e) {
            // Camel has no catch around an asynchronous step: thrown, it would leave the exchange without an end.
            exchange.setException(Problem.visible(e));
            callback.done(true);
            return true;
        }
        inner.getMessage().setBody(request);
        inner.setProperty(ExchangeKeys.REQUEST_ID, exchange.getProperty(ExchangeKeys.REQUEST_ID));
        Object sink = exchange.getProperty(ExchangeKeys.PART_SINK);
        if (request.stream() && sink == null) {
            CaravanEndpoint endpoint = (CaravanEndpoint) getEndpoint();
            new StreamingCall(trunk, endpoint.readers(), this::failure, exchange, inner, endpoint.structured())
                    .begin(callback);
            return false;
        }
        inner.setProperty(ExchangeKeys.PART_SINK, sink);
        inner.setProperty(ExchangeKeys.CANCELLATION, exchange.getProperty(ExchangeKeys.CANCELLATION));
        return trunk.process(inner, doneSync -> {
            exchange.setProperty(ExchangeKeys.CALL, inner.getProperty(ExchangeKeys.CALL));
            if (inner.getException() != null) {
                exchange.setException(failure(inner));
            } else {
                exchange.getMessage().setBody(inner.getMessage().getBody());
            }
            callback.done(doneSync);
        });
    }

    private LlmException failure(Exchange inner) {
        boolean stopping = getEndpoint().getCamelContext().isStopping()
                || getEndpoint().getCamelContext().isStopped()
                || inner.getException() instanceof RejectedExecutionException
                || inner.getException() instanceof DirectConsumerNotAvailableException;
        return stopping ? CallFailure.whileStopping(inner) : Problem.visible(inner.getException());
    }

    private LlmRequest request(Exchange exchange) {
        CaravanEndpoint options = (CaravanEndpoint) getEndpoint();
        return options.isPinned()
                ? RequestOptions.pinned(RequestIntake.readTextAsPrompt(exchange, options.structured()), options)
                : RequestOptions.merged(
                        RequestIntake.read(exchange, options.structured()), exchange.getMessage(), options);
    }
}
