package dev.caravan.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of values that settings have. Digits are ASCII, words are in lower case unless said otherwise. */
final class Rules {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(KiB|MiB|GiB|)");
    private static final Pattern INTEGER = Pattern.compile("\\d{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("\\d{0,9}\\.?\\d{1,9}");
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);
    private static final Map<String, Long> BYTES = Map.of("", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Rules() {}

    static ValueRule<Integer> integer(int min, int max) {
        return new ValueRule<>(
                "a whole number, " + min + " to " + max,
                value -> matching(INTEGER, value)
                        .map(number -> Integer.valueOf(number.group()))
                        .filter(number -> number >= min && number <= max));
    }

    static ValueRule<Integer> port() {
        return integer(0, 65535);
    }

    static ValueRule<Double> decimal(int min, int max) {
        return new ValueRule<>(
                "a number, " + min + " to " + max,
                value -> matching(DECIMAL, value)
                        .map(number -> Double.valueOf(number.group()))
                        .filter(number -> number >= min && number <= max));
    }

    /** @param min and max in the form of a setting, such as {@code 1ms} */
    static ValueRule<Duration> duration(String min, String max) {
        long least = duration(min).orElseThrow();
        long most = duration(max).orElseThrow();
        return new ValueRule<>(
                "a duration, " + min + " to " + max + " (units ms, s, m, h)",
                value -> duration(value)
                        .filter(millis -> millis >= least && millis <= most)
                        .map(Duration::ofMillis));
    }

    /** In bytes. */
    static ValueRule<Long> size(String min, String max) {
        long least = size(min).orElseThrow();
        long most = size(max).orElseThrow();
        return new ValueRule<>(
                "a size, " + min + " to " + max + " (bytes, or with KiB, MiB, GiB)",
                value -> size(value).filter(bytes -> bytes >= least && bytes <= most));
    }

    static ValueRule<Boolean> bool() {
        return new ValueRule<>("True or False", value -> switch (value) {
            case "True", "true" -> Optional.of(true);
            case "False", "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /** One of the constants, written in lower case. */
    static <E extends Enum<E>> ValueRule<E> choice(Class<E> type) {
        Map<String, E> byName = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byName.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return new ValueRule<>(
                "one of " + String.join(", ", byName.keySet()), value -> Optional.ofNullable(byName.get(value)));
    }

    static ValueRule<String> choice(String... words) {
        List<String> allowed = List.of(words);
        return new ValueRule<>(
                "one of " + String.join(", ", allowed),
                value -> Optional.of(value).filter(allowed::contains));
    }

    /** A text that matches as a whole. */
    static ValueRule<String> text(String rule, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return new ValueRule<>(rule, value -> matching(pattern, value).map(Matcher::group));
    }

    static ValueRule<String> region() {
        return text("the name of an AWS region, such as eu-west-1", "[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,5}");
    }

    static ValueRule<String> modelName() {
        return text("a model's name, up to 2048 characters without blanks", "[^\\s\\p{Cntrl}]{1,2048}");
    }

    /** A text that can stand in an HTTP header. */
    static ValueRule<Secret> secret() {
        ValueRule<String> printable =
                text("printable ASCII without blanks, up to 1024 characters", "[\\x21-\\x7e]{1,1024}");
        return new ValueRule<>(printable.text(), value -> printable.parse(value).map(Secret::new));
    }

    static ValueRule<Path> path(String what) {
        return new ValueRule<>(what, value -> {
            try {
                return Optional.of(Path.of(value).normalize());
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    /** Comma-separated items. An empty item breaks the rule: a lone comma must not count as "none". */
    static <T> ValueRule<List<T>> list(String rule, ValueRule<T> item) {
        return new ValueRule<>(rule, value -> {
            List<T> items = new ArrayList<>();
            for (String part : value.split(",", -1)) {
                Optional<T> parsed = Optional.of(part.strip())
                        .filter(text -> !text.isEmpty())
                        .flatMap(item::parse);
                if (parsed.isEmpty()) {
                    return Optional.empty();
                }
                items.add(parsed.get());
            }
            return Optional.of(List.copyOf(items));
        });
    }

    private static Optional<Long> duration(String value) {
        return matching(DURATION, value).map(parts -> Long.parseLong(parts.group(1)) * MILLIS.get(parts.group(2)));
    }

    private static Optional<Long> size(String value) {
        return matching(SIZE, value)
                .map(parts -> Math.multiplyHigh(Long.parseLong(parts.group(1)), BYTES.get(parts.group(2))) != 0
                        ? Long.MAX_VALUE
                        : Long.parseLong(parts.group(1)) * BYTES.get(parts.group(2)));
    }

    private static Optional<Matcher> matching(Pattern pattern, String value) {
        return Optional.of(pattern.matcher(value)).filter(Matcher::matches);
    }
}
