package dev.caravan.trunk;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.MessageHelper;

/**
 * What an exchange had when it came in, of what the trunk or Camel's redelivery and loop change on it: a host's
 * exchange goes on with its own.
 */
final class MessageBefore {
    private static final List<String> HEADERS = List.of(
            Exchange.REDELIVERED,
            Exchange.REDELIVERY_COUNTER,
            Exchange.REDELIVERY_MAX_COUNTER,
            Exchange.REDELIVERY_DELAY);

    private final Object body;
    private final boolean exhausted;
    private final boolean failureHandled;
    private final Boolean errorHandled;
    private final Object caught;
    private final Object loopIndex;
    private final List<Object> headers;

    private MessageBefore(Exchange exchange) {
        body = exchange.getMessage().getBody();
        ExchangeExtension extension = exchange.getExchangeExtension();
        exhausted = extension.isRedeliveryExhausted();
        failureHandled = extension.isFailureHandled();
        errorHandled = extension.isErrorHandlerHandledSet() ? extension.isErrorHandlerHandled() : null;
        caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
        loopIndex = exchange.getProperty(ExchangePropertyKey.LOOP_INDEX);
        headers = exchange.getMessage().hasHeaders() ? headers(exchange) : null;
    }

    static MessageBefore of(Exchange exchange) {
        return new MessageBefore(exchange);
    }

    private static List<Object> headers(Exchange exchange) {
        return HEADERS.stream()
                .map(name -> exchange.getMessage().getHeader(name))
                .toList();
    }

    /** All but the body. */
    void restoreMarks(Exchange exchange) {
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, caught);
        exchange.setProperty(ExchangePropertyKey.LOOP_INDEX, loopIndex);
        for (int i = 0; i < HEADERS.size(); i++) {
            Object value = headers == null ? null : headers.get(i);
            if (value == null) {
                exchange.getMessage().removeHeader(HEADERS.get(i));
            } else {
                exchange.getMessage().setHeader(HEADERS.get(i), value);
            }
        }
    }

    /** After a failure, of which the route that asked shall see no more than the exception. */
    void restore(Exchange exchange) {
        restoreMarks(exchange);
        // With what an inner redelivery sets, Camel passes over the onException of the route that asked.
        ExchangeExtension extension = exchange.getExchangeExtension();
        extension.setRedeliveryExhausted(exhausted);
        extension.setFailureHandled(failureHandled);
        extension.setErrorHandlerHandled(errorHandled);
        exchange.getMessage().setBody(body);
        MessageHelper.resetStreamCache(exchange.getMessage());
    }
}
