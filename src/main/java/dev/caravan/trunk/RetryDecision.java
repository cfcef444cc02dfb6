package dev.caravan.trunk;

import dev.caravan.chat.OnLimit;
import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;

/**
 * Decides after each failed attempt whether there is another, and after what wait. Camel's redelivery asks twice:
 * first as a processor (before the delay is computed), then as the {@code retryWhile} predicate.
 */
final class RetryDecision implements Processor, Predicate {
    private static final String AGAIN = "CaravanAgain";

    private final Settings.Retry settings;
    private final Backoff backoff;
    private final AdmissionLedger ledger;

    RetryDecision(Settings.Retry settings, Backoff backoff, AdmissionLedger ledger) {
        this.settings = settings;
        this.backoff = backoff;
        this.ledger = ledger;
    }

    @Override
    public void process(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        LlmException failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, LlmException.class);
        Duration wait = call == null || failure == null ? null : waitBeforeNext(call, failure);
        exchange.setProperty(AGAIN, wait != null);
        if (wait != null) {
            exchange.getIn().setHeader(Exchange.REDELIVERY_DELAY, wait.toMillis());
            call.upstreamBegins();
        }
    }

    @Override
    public boolean matches(Exchange exchange) {
        return exchange.getProperty(AGAIN, false, boolean.class);
    }

    /** The wait before the next attempt, or null when there is none. */
    private Duration waitBeforeNext(TrunkCall call, LlmException failure) {
        if (call.cancellation().isCancelled()) {
            return null;
        }
        if (failure.kind() == ErrorKind.RATE_LIMITED) {
            // Another took the permit that this one waited for: it asks again, which is no attempt.
            return call.request().onLimit() == OnLimit.WAIT
                    ? ledger.untilPermit().plusMillis(1)
                    : null;
        }
        if (!mayRetry(call, failure)) {
            return null;
        }
        Duration wait = wait(call, failure);
        if (wait == null || wait.compareTo(call.remaining()) >= 0) {
            return null;
        }
        call.countRetry(failure);
        return wait;
    }

    private boolean mayRetry(TrunkCall call, LlmException failure) {
        Integer asked = call.request().maxRetries();
        int max = asked == null ? settings.max() : asked;
        return call.retries() < max
                && switch (failure.retry()) {
                    case NEVER -> false;
                    case ONCE -> !call.onceUsed();
                    case BACKOFF -> true;
                };
    }

    /** The upstream's Retry-After as it is; one above the longest wait is not waited for. */
    private Duration wait(TrunkCall call, LlmException failure) {
        Duration retryAfter = failure.retryAfter();
        if (retryAfter == null) {
            return backoff.before(call.retries() + 1);
        }
        return retryAfter.compareTo(settings.maxWait()) > 0 ? null : retryAfter;
    }
}
