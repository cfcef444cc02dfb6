package dev.caravan.component;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.error.LlmException;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.RequestIntake;
import dev.caravan.trunk.Trunk;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Sends through the trunk on an exchange of its own: the host's error handling then sees a plain failure of this
 * producer and not an exchange whose redeliveries are used up (for which Camel skips outer {@code onException}s).
 */
final class CaravanProducer extends DefaultAsyncProducer {
    private AsyncProducer trunk;

    CaravanProducer(CaravanEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        trunk = getEndpoint().getCamelContext().getEndpoint(Trunk.GENERATE).createAsyncProducer();
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
        try {
            inner.getMessage().setBody(request(exchange));
        } catch (LlmException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        inner.setProperty(ExchangeKeys.REQUEST_ID, exchange.getProperty(ExchangeKeys.REQUEST_ID));
        inner.setProperty(ExchangeKeys.CANCELLATION, exchange.getProperty(ExchangeKeys.CANCELLATION));
        return trunk.process(inner, doneSync -> {
            exchange.setProperty(ExchangeKeys.CALL, inner.getProperty(ExchangeKeys.CALL));
            if (inner.getException() != null) {
                exchange.setException(inner.getException());
            } else {
                exchange.getMessage().setBody(inner.getMessage().getBody());
            }
            callback.done(doneSync);
        });
    }

    /** What the body says wins over the message's headers, and these over the endpoint's options. */
    private LlmRequest request(Exchange exchange) {
        LlmRequest body = RequestIntake.read(exchange);
        CaravanEndpoint options = (CaravanEndpoint) getEndpoint();
        LlmRequest.Builder request = body.toBuilder();
        fill(body.model(), exchange, CaravanHeaders.MODEL, String.class, options.getModel(), request::model);
        fill(
                body.system(),
                exchange,
                CaravanHeaders.SYSTEM_PROMPT,
                String.class,
                options.getSystemPrompt(),
                request::system);
        fill(
                body.temperature(),
                exchange,
                CaravanHeaders.TEMPERATURE,
                Double.class,
                options.getTemperature(),
                request::temperature);
        fill(body.topP(), exchange, CaravanHeaders.TOP_P, Double.class, options.getTopP(), request::topP);
        fill(
                body.maxTokens(),
                exchange,
                CaravanHeaders.MAX_TOKENS,
                Integer.class,
                options.getMaxTokens(),
                request::maxTokens);
        fill(
                body.maxRetries(),
                exchange,
                CaravanHeaders.MAX_RETRIES,
                Integer.class,
                options.getMaxRetries(),
                request::maxRetries);
        fill(
                null,
                exchange,
                CaravanHeaders.ON_LIMIT,
                String.class,
                options.getOnLimit(),
                word -> request.onLimit(onLimit(word)));
        return request.build();
    }

    private static <T> void fill(
            T given, Exchange exchange, String header, Class<T> type, T option, Consumer<T> target) {
        if (given != null) {
            return;
        }
        T value = header(exchange, header, type);
        if (value == null) {
            value = option;
        }
        if (value != null) {
            target.accept(value);
        }
    }

    private static <T> T header(Exchange exchange, String header, Class<T> type) {
        try {
            return exchange.getMessage().getHeader(header, type);
        } catch (org.apache.camel.TypeConversionException e) {
            throw LlmException.invalid(header + ": must be a " + type.getSimpleName() + ".");
        }
    }

    private static OnLimit onLimit(String word) {
        try {
            return OnLimit.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw LlmException.invalid("onLimit: must be reject or wait, not " + word + ".");
        }
    }
}
