package dev.caravan.provider.bedrock;

import dev.caravan.error.LlmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import software.amazon.awssdk.identity.spi.Identity;

/**
 * Keeps the identity of another source for 30 s, and less when it expires sooner; a failure for 5 s, so that a
 * missing EC2 role does not cost each call a second. While one thread renews, the others go on with an identity
 * that is still good.
 */
final class CachedIdentity implements IdentitySource {
    private static final Duration KEPT = Duration.ofSeconds(30);
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(5);
    /** Distance to the expiry at which an identity is no longer handed out unasked. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final IdentitySource source;
    private final Clock clock;
    private final ReentrantLock renewal = new ReentrantLock();
    private volatile Entry entry;

    private record Entry(Identity identity, LlmException failure, Instant renewAt, Instant expiresAt) {
        boolean fresh(Instant now) {
            return now.isBefore(renewAt);
        }

        boolean usable(Instant now) {
            return identity != null && (expiresAt == null || now.isBefore(expiresAt));
        }

        Identity get() {
            if (failure != null) {
                throw failure;
            }
            return identity;
        }
    }

    CachedIdentity(IdentitySource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public Identity resolve() {
        Entry known = entry;
        if (known != null && known.fresh(clock.instant())) {
            return known.get();
        }
        if (known != null && known.usable(clock.instant())) {
            if (!renewal.tryLock()) {
                return known.get();
            }
        } else {
            renewal.lock();
        }
        try {
            return renew().get();
        } finally {
            renewal.unlock();
        }
    }

    private Entry renew() {
        Instant now = clock.instant();
        Entry known = entry;
        if (known != null && known.fresh(now)) {
            return known;
        }
        Entry renewed;
        try {
            renewed = entryOf(source.resolve(), now);
        } catch (LlmException e) {
            renewed = known != null && known.usable(now)
                    ? new Entry(known.identity, null, now.plus(FAILURE_KEPT), known.expiresAt)
                    : new Entry(null, e, now.plus(FAILURE_KEPT), null);
        }
        entry = renewed;
        return renewed;
    }

    private static Entry entryOf(Identity identity, Instant now) {
        Instant expiry = identity.expirationTime().orElse(null);
        Instant renewAt = now.plus(KEPT);
        if (expiry != null && expiry.minus(MARGIN).isBefore(renewAt)) {
            renewAt = expiry.minus(MARGIN);
        }
        return new Entry(identity, null, renewAt, expiry);
    }

    @Override
    public void expired(Identity refused) {
        Entry known = entry;
        if (known != null && known.identity == refused) {
            entry = null;
            source.expired(refused);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
