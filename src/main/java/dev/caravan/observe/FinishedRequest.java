package dev.caravan.observe;

import java.time.Duration;

/**
 * A request that is over, as the access line and the metrics see it; never content.
 *
 * @param id the request's id
 * @param door where it came in, such as {@code http}
 * @param status HTTP status; {@link #CLIENT_LEFT} when nobody waited for the answer
 * @param code code of the failure, such as {@code rate_limited}; null when it succeeded
 * @param call what the trunk told; null when the request never got there
 * @param file name of the file that it came in by, below the folder; null when it came otherwise
 * @param total from the request's head to the end of the answer
 * @param inWork from the moment the whole request was there to the end of the answer; null when it never was
 */
public record FinishedRequest(
        String id, String door, int status, String code, CallFacts call, String file, Duration total, Duration inWork) {

    /** Status of a request whose client went away before it was answered; no reply ever carries it. */
    public static final int CLIENT_LEFT = 499;
}
