package dev.caravan.files;

import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.NamedRoute;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** Notes which step of the folder door's route has failed: Camel itself has forgotten it when the failure is caught. */
final class FailedStep implements InterceptStrategy {
    private static final String PROPERTY = "CaravanFailedStep";

    private record Failure(Throwable cause, String step) {}

    /** Words for a log line, such as <code> in step files-ask</code>; empty when it is not known. */
    static String of(Exchange exchange) {
        Failure failure = exchange == null ? null : exchange.getProperty(PROPERTY, Failure.class);
        return failure == null ? "" : " in step " + failure.step();
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        return isOfTheDoor(definition) ? new Noting(target, definition.getId()) : target;
    }

    private static boolean isOfTheDoor(NamedNode definition) {
        NamedNode top = definition;
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return top instanceof NamedRoute route && InboxEndpoint.URI.equals(route.getEndpointUrl());
    }

    private static final class Noting extends DelegateAsyncProcessor {
        private final String step;

        Noting(Processor target, String step) {
            super(target);
            this.step = step;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            return super.process(exchange, doneSync -> {
                note(exchange);
                callback.done(doneSync);
            });
        }

        /** The innermost step is the first to come here. */
        private void note(Exchange exchange) {
            Throwable cause = exchange.getException();
            Failure known = exchange.getProperty(PROPERTY, Failure.class);
            if (cause != null && (known == null || known.cause() != cause)) {
                exchange.setProperty(PROPERTY, new Failure(cause, step));
            }
        }
    }
}
