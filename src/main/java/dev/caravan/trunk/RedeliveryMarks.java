package dev.caravan.trunk;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** What Camel's redelivery and loop leave on an exchange, as it was before: a host's exchange goes on with its own. */
final class RedeliveryMarks {
    private static final List<String> HEADERS = List.of(
            Exchange.REDELIVERED,
            Exchange.REDELIVERY_COUNTER,
            Exchange.REDELIVERY_MAX_COUNTER,
            Exchange.REDELIVERY_DELAY);

    private final Object caught;
    private final Object loopIndex;
    private final List<Object> headers;

    private RedeliveryMarks(Object caught, Object loopIndex, List<Object> headers) {
        this.caught = caught;
        this.loopIndex = loopIndex;
        this.headers = headers;
    }

    static RedeliveryMarks of(Exchange exchange) {
        return new RedeliveryMarks(
                exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT),
                exchange.getProperty(ExchangePropertyKey.LOOP_INDEX),
                exchange.getMessage().hasHeaders() ? headers(exchange) : null);
    }

    private static List<Object> headers(Exchange exchange) {
        return HEADERS.stream()
                .map(name -> exchange.getMessage().getHeader(name))
                .toList();
    }

    void restore(Exchange exchange) {
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
}
