package dev.caravan.http;

import java.time.Duration;

/**
 * What a client may take of the server.
 *
 * @param receive longest time until a request's head is there, and again until its body is; a body gets one more
 *     second for each {@value #BODY_BYTES_PER_SECOND} bytes that came
 * @param keepAlive how long a connection without a request in work stays open
 * @param linger how long the rest of a refused request is still read, so that its client sees the answer
 * @param streamHead longest time from a whole request for a stream to the head of its answer: a failure before it is
 *     told by the status, and nobody waits longer without a sign
 * @param streamFlush longest time from the end of a stream until its client has taken the rest
 */
public record HttpLimits(
        Duration receive, Duration keepAlive, Duration linger, Duration streamHead, Duration streamFlush) {
    /** 30 s, 75 s, 2 s, 10 s and 10 s. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));

    static final int MAX_HEADER_BYTES = 16 * 1024;
    static final int MAX_LINE_BYTES = 8 * 1024;
    static final int BODY_BYTES_PER_SECOND = 64 * 1024;
}
