package dev.caravan.emulator.misbehave;

import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads keys and values into a {@link Directive}.
 *
 * <p>Keys: {@code error} (AWS's name, {@code ModelErrorException:503} with an original status, or a status from 400 to
 * 599), {@code original} (100 to 599, with a ModelErrorException or ModelStreamErrorException only), {@code retry-after} (seconds, 0 to 86400), {@code times} (1 to 1000000), {@code
 * delay} ({@code 200ms}, {@code 2s}, {@code 1m}; at most 1h), {@code text}, {@code stop}, {@code malformed}, {@code
 * empty}, {@code reset} (true, false or nothing), and for streams {@code fault} and {@code after} (0 to 1000000),
 * which a call that is answered in one piece checks and otherwise ignores; {@code after} needs {@code fault} or {@code
 * malformed}. With {@code fault=exception} an {@code error} says which exception comes in the stream, and must be one that does.
 */
public final class DirectiveKeys {
    private static final Set<String> KNOWN = Set.of(
            "error",
            "original",
            "retry-after",
            "times",
            "delay",
            "text",
            "stop",
            "malformed",
            "empty",
            "reset",
            "fault",
            "after");
    /** Errors that say which status the model gave. */
    private static final List<String> BY_MODEL = List.of("ModelErrorException", "ModelStreamErrorException");

    private static final Pattern DELAY = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern ERROR = Pattern.compile("([A-Za-z]+)(?::(.*))?");
    private static final Duration MAX_DELAY = Duration.ofHours(1);
    private static final int MAX_COUNT = 1_000_000;

    private final Map<String, String> values;

    private DirectiveKeys(Map<String, String> values) {
        this.values = values;
    }

    /** @throws AwsFailure ValidationException naming an unknown key or a bad value */
    public static Directive read(Map<String, String> values) {
        for (String key : new TreeSet<>(values.keySet())) {
            if (!KNOWN.contains(key)) {
                throw AwsFailure.validation(
                        "@emulator: unknown key '" + key + "', expected one of " + new TreeSet<>(KNOWN) + ".");
            }
        }
        return new DirectiveKeys(values).read();
    }

    private Directive read() {
        Directive directive = new Directive(
                error(),
                number("times", 1, MAX_COUNT),
                delay(),
                Optional.ofNullable(values.get("text")),
                Optional.ofNullable(values.get("stop")),
                flag("malformed"),
                flag("empty"),
                flag("reset"),
                fault(),
                number("after", 0, MAX_COUNT).orElse(0));
        if (values.containsKey("after") && directive.fault().isEmpty() && !directive.malformed()) {
            throw AwsFailure.validation("@emulator: 'after' needs 'fault' or 'malformed' beside it.");
        }
        if (directive.failsInStream()) {
            directive.error().ifPresent(DirectiveKeys::requireInStream);
        }
        return directive;
    }

    private static void requireInStream(AwsFailure error) {
        if (error.typeName() != null && !StreamErrors.ofInvoke().contains(error.typeName())) {
            throw AwsFailure.validation("@emulator: " + error.typeName()
                    + " does not come within a stream, expected with fault=exception a status or one of "
                    + StreamErrors.ofInvoke() + ".");
        }
    }

    private Optional<StreamFault> fault() {
        return Optional.ofNullable(values.get("fault"))
                .map(word -> StreamFault.byWord(word).orElseThrow(() -> bad("fault", "one of " + StreamFault.WORDS)));
    }

    private Optional<AwsFailure> error() {
        OptionalInt original = number("original", 100, 599);
        OptionalInt retryAfter = number("retry-after", 0, 86_400);
        String value = values.get("error");
        if (value == null) {
            if (original.isPresent() || retryAfter.isPresent()) {
                throw AwsFailure.validation("@emulator: 'original' and 'retry-after' need 'error' beside them.");
            }
            return Optional.empty();
        }
        AwsFailure failure = value.matches("[0-9]+") ? byStatus() : byName(value);
        if ((original.isPresent() || value.contains(":")) && !saysOriginal(failure.typeName())) {
            throw AwsFailure.validation(
                    "@emulator: an original status goes with " + BY_MODEL + " only, not with '" + value + "'.");
        }
        if (original.isPresent()) {
            failure = failure.withOriginalStatus(original.getAsInt());
        }
        if (retryAfter.isPresent()) {
            failure = failure.withRetryAfter(retryAfter.getAsInt());
        }
        return Optional.of(failure);
    }

    private static boolean saysOriginal(String typeName) {
        return BY_MODEL.stream().anyMatch(name -> name.equals(typeName));
    }

    private AwsFailure byStatus() {
        int status = number("error", 400, 599).orElseThrow();
        return AwsFailure.untyped(status, values.getOrDefault("text", "Status " + status));
    }

    private AwsFailure byName(String value) {
        Matcher matcher = ERROR.matcher(value);
        Optional<AwsErrorType> type = matcher.matches() ? AwsErrorType.byName(matcher.group(1)) : Optional.empty();
        AwsErrorType known =
                type.orElseThrow(() -> bad("error", "the name of an AWS error or a status from 400 to 599"));
        AwsFailure failure = AwsFailure.of(known, values.getOrDefault("text", known.text()));
        return matcher.group(2) == null
                ? failure
                : failure.withOriginalStatus(
                        inRange("error", matcher.group(2), 100, 599, "an original status from 100 to 599"));
    }

    private Duration delay() {
        String value = values.get("delay");
        if (value == null) {
            return Duration.ZERO;
        }
        Matcher matcher = DELAY.matcher(value);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration delay = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            if (delay.compareTo(MAX_DELAY) <= 0) {
                return delay;
            }
        }
        throw bad("delay", "a duration such as 200ms, 2s or 1m, at most 1h");
    }

    private boolean flag(String key) {
        String value = values.getOrDefault(key, "false");
        return switch (value) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw bad(key, "true or false");
        };
    }

    private OptionalInt number(String key, int min, int max) {
        String value = values.get(key);
        return value == null
                ? OptionalInt.empty()
                : OptionalInt.of(inRange(key, value, min, max, "a whole number from " + min + " to " + max));
    }

    private int inRange(String key, String value, int min, int max, String rule) {
        int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
        if (number < min || number > max) {
            throw bad(key, rule);
        }
        return number;
    }

    private AwsFailure bad(String key, String rule) {
        return AwsFailure.validation(
                "@emulator: bad value '" + values.get(key) + "' of '" + key + "', expected " + rule + ".");
    }
}
