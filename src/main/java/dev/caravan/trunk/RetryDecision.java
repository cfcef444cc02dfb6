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
    /** Before one whose permit another took goes back to its place in line. */
    private static final Duration BACK_TO_THE_LINE = Duration.ofMillis(10);

    /** Camel schedules only what has a delay; without one the wait could not be told from another's. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

    private final Settings.Retry settings;
    private final Backoff backoff;
    private final PermitLine line;
    private final WaitScheduler scheduler;

    RetryDecision(Settings.Retry settings, Backoff backoff, PermitLine line, WaitScheduler scheduler) {
        this.settings = settings;
        this.backoff = backoff;
        this.line = line;
        this.scheduler = scheduler;
    }

    @Override
    public void process(Exchange exchange) {
        TrunkCall call = TrunkCall.find(exchange);
        LlmException failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, LlmException.class);
        if (call == null || failure == null) {
            return;
        }
        Duration wait = waitBeforeNext(call, failure);
        call.again(wait != null);
        if (wait == null) {
            line.leave(call.place());
        } else {
            Duration delay = wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
            exchange.getIn().setHeader(Exchange.REDELIVERY_DELAY, delay.toMillis());
        }
    }

    /** Camel schedules the wait on this thread as soon as it has been told yes. */
    @Override
    public boolean matches(Exchange exchange) {
        TrunkCall call = TrunkCall.find(exchange);
        if (call == null || !call.again()) {
            return false;
        }
        scheduler.nextWaitIsOf(call.cancellation());
        return true;
    }

    /** The wait before the next attempt, or null when there is none. */
    private Duration waitBeforeNext(TrunkCall call, LlmException failure) {
        if (call.cancellation().isCancelled()) {
            return null;
        }
        if (failure.kind() == ErrorKind.RATE_LIMITED) {
            // Another took the permit that this one waited for: it asks again, which is no attempt.
            if (call.request().onLimit() != OnLimit.WAIT) {
                return null;
            }
            call.clock().limitWaitBegins();
            return BACK_TO_THE_LINE;
        }
        if (!mayRetry(call, failure)) {
            return null;
        }
        Duration wait = wait(call, failure);
        if (wait == null || wait.compareTo(call.clock().remaining()) >= 0) {
            return null;
        }
        call.countRetry(failure);
        call.clock().upstreamBegins();
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
