package dev.caravan.chat;

/** What happens to a request that meets Caravan's own rate limit. */
public enum OnLimit {
    /** It fails at once with {@code rate_limited} and the time to wait. */
    REJECT,
    /** Each attempt is held until it has a permit; the wait does not count against the total timeout. */
    WAIT
}
