package dev.caravan.trunk;

import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import org.apache.camel.Exchange;

/**
 * What a caller is told of a call that failed while the context stops. Camel passes error handling over in a forced stop, so that
 * what was thrown may be Camel's own, or the end of a connection that we cut, and says nothing of what was paid for.
 */
public final class CallFailure {
    private CallFailure() {}

    /**
     * {@code overloaded} for what the stop has ended; a failure that came about before stays what it is. With what the call has cost
     * so far.
     *
     * @param exchange came out of the trunk, or was refused by it, with an exception
     */
    public static LlmException whileStopping(Exchange exchange) {
        TrunkCall call = TrunkCall.find(exchange);
        Exception thrown = exchange.getException();
        LlmException failure = isOfTheStop(thrown, call)
                ? overloaded(call).toBuilder().cause(thrown).build()
                : Problem.visible(thrown);
        return call == null || isAccounted(failure) || call.attempts() == 0
                ? failure
                : StructuredFailure.withPaid(failure.toBuilder(), call)
                        .attempts(call.attempts())
                        .build();
    }

    private static boolean isOfTheStop(Exception thrown, TrunkCall call) {
        if (!(thrown instanceof LlmException known)) {
            return true;
        }
        return call != null
                && call.cancellation().isCancelled()
                && known.kind() != ErrorKind.OVERLOADED
                && !isAccounted(known);
    }

    /** Whether the trunk's own steps have seen it. */
    private static boolean isAccounted(LlmException failure) {
        return failure.attempts() > 0;
    }

    private static LlmException overloaded(TrunkCall call) {
        return call != null && call.attempts() > 0
                ? LlmException.of(ErrorKind.OVERLOADED, "The call was cut off: Caravan is stopping.")
                : LlmException.of(
                        ErrorKind.OVERLOADED,
                        "Caravan's routes are not running: the Camel context is not started yet, is stopping or is stopped,"
                                + " or the routes were stopped.");
    }
}
