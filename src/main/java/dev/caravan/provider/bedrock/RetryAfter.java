package dev.caravan.provider.bedrock;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds or an HTTP date. */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final int DIGITS_OF_A_LONG = 18;
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** The time to wait, at most a day; empty for a text that is neither, a negative number, or a date that is past. */
    static Optional<Duration> parse(String text, Clock clock) {
        String value = text.strip();
        if (SECONDS.matcher(value).matches()) {
            return Optional.of(
                    value.length() > DIGITS_OF_A_LONG ? LONGEST : bounded(Duration.ofSeconds(Long.parseLong(value))));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.between(clock.instant(), date.toInstant());
            return wait.isNegative() ? Optional.empty() : Optional.of(bounded(wait));
        } catch (DateTimeException e) {
            // A header that nobody can read is as good as none.
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
