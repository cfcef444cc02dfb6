package dev.caravan.stream;

import dev.caravan.chat.LlmReply;
import dev.caravan.runtime.Cancellation;
import java.util.concurrent.CompletableFuture;

/**
 * A reply that is on its way. When it is completed by others than the trunk (by {@code cancel}, or a timeout that the caller
 * put on it), nobody waits for the answer any more and the call is cut off.
 */
public final class PendingReply extends CompletableFuture<LlmReply> {
    private final Cancellation cancellation = new Cancellation();

    public PendingReply() {
        whenComplete((reply, failure) -> cancellation.cancel());
    }

    /** Cancelled, it lets the trunk end the call with a failure. */
    public Cancellation cancellation() {
        return cancellation;
    }
}
