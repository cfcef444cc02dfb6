package dev.caravan.trunk;

import dev.caravan.chat.OnLimit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Holds an attempt that may wait for the limit until a permit is free for it, nobody waits for the answer any more, or
 * Caravan stops; holds no thread meanwhile.
 */
final class PermitWait extends AsyncProcessorSupport {
    private final PermitLine line;

    PermitWait(PermitLine line) {
        this.line = line;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            TrunkCall call = TrunkCall.of(exchange);
            if (mayWait(call) && waits(call, callback)) {
                return false;
            }
        } catch (Throwable e) {
            // Camel has no catch around an asynchronous step: thrown, it would leave the caller without an answer.
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    private static boolean mayWait(TrunkCall call) {
        return call.request().onLimit() == OnLimit.WAIT && !call.cancellation().isCancelled();
    }

    private boolean waits(TrunkCall call, AsyncCallback callback) {
        if (call.place() == null) {
            call.place(line.place(call.cancellation()));
        }
        call.clock().upstreamEnds();
        call.clock().limitWaitBegins();
        return line.enter(call.place(), call.isPaid(), () -> callback.done(false));
    }
}
