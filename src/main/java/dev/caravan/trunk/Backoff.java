package dev.caravan.trunk;

import dev.caravan.config.Settings;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** 1, 2, 4, 8 s … up to the longest wait, each ± 20 % of its own step. */
final class Backoff {
    private static final double JITTER = 0.2;

    private final Settings.Retry settings;
    private final DoubleSupplier random;

    /** @param random uniform in [0, 1) */
    Backoff(Settings.Retry settings, DoubleSupplier random) {
        this.settings = settings;
        this.random = random;
    }

    /** @param retry 1 for the first retry */
    Duration before(int retry) {
        double millis = settings.delay().toMillis() * Math.pow(2, retry - 1.0);
        double step = Math.min(millis, settings.maxWait().toMillis());
        double factor = 1 - JITTER + 2 * JITTER * random.getAsDouble();
        return Duration.ofMillis(Math.round(step * factor));
    }
}
