package dev.caravan.http;

import java.time.Duration;

/**
 * What a client may take of the server.
 *
 * @param receive longest time until a request's head is there, and again until its body is; a body gets one more
 *     second for each {@value #BODY_BYTES_PER_SECOND} bytes that came
 * @param keepAlive how long a connection without a request in work stays open
 * @param linger how long the rest of a refused request is still read, so that its client sees the answer
 */
public record HttpLimits(Duration receive, Duration keepAlive, Duration linger) {
    /** 30 s, 75 s and 2 s. */
    public static final HttpLimits DEFAULT =
            new HttpLimits(Duration.ofSeconds(30), Duration.ofSeconds(75), Duration.ofSeconds(2));

    static final int MAX_HEADER_BYTES = 16 * 1024;
    static final int MAX_LINE_BYTES = 8 * 1024;
    static final int BODY_BYTES_PER_SECOND = 64 * 1024;
}
