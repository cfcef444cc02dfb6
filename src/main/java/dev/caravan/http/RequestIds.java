package dev.caravan.http;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The id of each request: the caller's {@code X-Request-Id} when it is a plain one, else a new one. */
final class RequestIds {
    static final String HEADER = "X-Request-Id";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:+/=-]{1,128}");
    private static final char[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();
    private static final int LENGTH = 24;

    private final Supplier<? extends Random> random;

    /** @param random asked for each id; unique ids are enough, nothing relies on their being secret */
    RequestIds(Supplier<? extends Random> random) {
        this.random = random;
    }

    static RequestIds create() {
        return new RequestIds(ThreadLocalRandom::current);
    }

    String idFor(String callersId) {
        return callersId != null && PLAIN.matcher(callersId).matches() ? callersId : next();
    }

    private String next() {
        Random source = random.get();
        StringBuilder id = new StringBuilder("req_");
        long bits = 0;
        for (int i = 0; i < LENGTH; i++) {
            if (i % 12 == 0) {
                bits = source.nextLong();
            }
            id.append(BASE32[(int) (bits & 31)]);
            bits >>>= 5;
        }
        return id.toString();
    }
}
