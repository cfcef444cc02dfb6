package dev.caravan.trunk;

import dev.caravan.chat.OnLimit;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Holds an attempt that may wait for the limit until a permit should be free, or nobody waits for the answer any more;
 * holds no thread meanwhile.
 */
final class PermitWait extends AsyncProcessorSupport {
    private final AdmissionLedger ledger;
    private final WaitScheduler scheduler;

    PermitWait(AdmissionLedger ledger, WaitScheduler scheduler) {
        this.ledger = ledger;
        this.scheduler = scheduler;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            TrunkCall call = TrunkCall.of(exchange);
            Duration wait = mayWait(call) ? ledger.queueUp() : null;
            if (wait != null && !wait.isZero()) {
                waitForPermit(call, wait, callback);
                return false;
            }
            if (wait != null) {
                ledger.leaveQueue();
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

    private void waitForPermit(TrunkCall call, Duration wait, AsyncCallback callback) {
        call.limitWaitBegins();
        scheduler.nextWaitIsOf(call.cancellation());
        scheduler.schedule(
                () -> {
                    ledger.leaveQueue();
                    callback.done(false);
                },
                wait.toNanos(),
                TimeUnit.NANOSECONDS);
    }
}
