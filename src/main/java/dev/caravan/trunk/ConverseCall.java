package dev.caravan.trunk;

import dev.caravan.provider.bedrock.BedrockErrors;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Workers;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The paid call of Converse: a {@link BedrockWire.Call} goes in as the body, the {@link BedrockWire.Reply} of a 200
 * comes out. It holds no thread while it waits, and goes on upon a worker, since the wire answers on an event loop.
 */
final class ConverseCall extends AsyncProcessorSupport {
    private static final int OK = 200;

    private final BedrockWire wire;
    private final Workers workers;

    ConverseCall(BedrockWire wire, Workers workers) {
        this.wire = wire;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CompletableFuture<BedrockWire.Reply> sent;
        try {
            sent = wire.send(exchange.getMessage().getBody(BedrockWire.Call.class));
        } catch (Throwable e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        sent.whenComplete((reply, failure) -> GoingOn.uponWorker(
                workers, exchange, callback, () -> take(exchange, reply, failure), () -> book(exchange, reply)));
        return false;
    }

    /** @param reply null when there is none */
    private static void book(Exchange exchange, BedrockWire.Reply reply) {
        if (reply != null && reply.status() == OK) {
            AttemptSteps.book(TrunkCall.of(exchange), reply);
        }
    }

    private static void take(Exchange exchange, BedrockWire.Reply reply, Throwable failure) {
        if (failure != null) {
            exchange.setException(failure);
        } else if (reply.status() != OK) {
            exchange.setException(BedrockErrors.toLlm(reply, Clock.systemUTC()));
        } else {
            exchange.getMessage().setBody(reply);
        }
    }
}
