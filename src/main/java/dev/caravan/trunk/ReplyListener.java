package dev.caravan.trunk;

import dev.caravan.chat.LlmReply;

/** Hears of the reply to a door's request, whatever a route makes of the body behind that. */
@FunctionalInterface
public interface ReplyListener {
    /** @param reply as the trunk gives it; of several calls in one exchange each is told */
    void replied(LlmReply reply);
}
