package dev.caravan.http;

import java.time.Duration;

/**
 * Times of answers that are given out as they come, in milliseconds, each at least 1.
 *
 * @param head from the whole request to the answer's head, at the latest
 * @param ping silence after which a sign of life is given
 * @param flush from the end of the answer until its client must have taken the rest
 */
record StreamTimes(long head, long ping, long flush) {

    StreamTimes(HttpLimits limits, Duration ping) {
        this(millis(limits.streamHead()), millis(ping), millis(limits.streamFlush()));
    }

    private static long millis(Duration time) {
        return Math.max(1, time.toMillis());
    }
}
