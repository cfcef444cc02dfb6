package dev.caravan.runtime;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Makes ids that nobody else has: a prefix and 24 characters of {@code a} to {@code z}, {@code 2} to {@code 7}. */
public final class Ids {
    private static final char[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();
    private static final int LENGTH = 24;

    private final Supplier<? extends Random> random;

    /** @param random asked for each id; unique ids are enough, nothing relies on their being secret */
    public Ids(Supplier<? extends Random> random) {
        this.random = random;
    }

    public static Ids create() {
        return new Ids(ThreadLocalRandom::current);
    }

    public String next(String prefix) {
        Random source = random.get();
        StringBuilder id = new StringBuilder(prefix);
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
