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
        TrunkCall call = TrunkCall.of(exchange);
        if (call.request().onLimit() != OnLimit.WAIT || call.cancellation().isCancelled()) {
            callback.done(true);
            return true;
        }
        Duration wait = ledger.queueUp();
        if (wait.isZero()) {
            ledger.leaveQueue();
            callback.done(true);
            return true;
        }
        call.limitWaitBegins();
        scheduler.nextWaitIsOf(call.cancellation());
        scheduler.schedule(
                () -> {
                    ledger.leaveQueue();
                    callback.done(false);
                },
                wait.toNanos(),
                TimeUnit.NANOSECONDS);
        return false;
    }
}
