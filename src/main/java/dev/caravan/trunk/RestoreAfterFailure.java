package dev.caravan.trunk;

import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** At the end of an entry route: a failed exchange leaves with the message that came in. */
final class RestoreAfterFailure extends RoutePolicySupport {
    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        TrunkCall call = TrunkCall.find(exchange);
        if (exchange.getException() != null && call != null) {
            call.before().restore(exchange);
        }
    }
}
