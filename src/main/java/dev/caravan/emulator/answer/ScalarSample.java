package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** Numbers and texts that fit the keywords of a flat schema. */
final class ScalarSample {
    private static final Map<String, String> FORMATS = Map.ofEntries(
            Map.entry("date", "2024-01-15"),
            Map.entry("date-time", "2024-01-15T09:30:00Z"),
            Map.entry("time", "09:30:00Z"),
            Map.entry("duration", "P1D"),
            Map.entry("email", "someone@example.com"),
            Map.entry("hostname", "example.com"),
            Map.entry("ipv4", "192.0.2.1"),
            Map.entry("ipv6", "2001:db8::1"),
            Map.entry("uri", "https://example.com/"),
            Map.entry("uri-reference", "https://example.com/"),
            Map.entry("json-pointer", "/a"));
    private static final int MAX_LENGTH = 100_000;

    private ScalarSample() {}

    static JsonNode integer(ObjectNode schema, int variant) {
        BigDecimal step = schema.path("multipleOf").isNumber()
                ? wholeStep(schema.path("multipleOf").decimalValue())
                : BigDecimal.ONE;
        return DecimalNode.valueOf(inBounds(schema, step, variant).setScale(0, RoundingMode.UNNECESSARY));
    }

    static JsonNode number(ObjectNode schema, int variant) {
        if (schema.path("multipleOf").isNumber()) {
            return DecimalNode.valueOf(
                    inBounds(schema, schema.path("multipleOf").decimalValue(), variant));
        }
        BigDecimal whole = inBounds(schema, BigDecimal.ONE, variant);
        BigDecimal high = upper(schema);
        boolean fits = high == null
                || whole.compareTo(high) < 0
                || whole.compareTo(high) == 0 && !schema.has("exclusiveMaximum");
        BigDecimal low = lower(schema);
        return DecimalNode.valueOf(fits || low == null ? whole : low.add(high).divide(BigDecimal.valueOf(2)));
    }

    /**
     * The smallest multiple of the step from 1 upwards (or from the lower bound, unless both are on their sides of 1), or
     * the greatest below the upper bound.
     */
    private static BigDecimal inBounds(ObjectNode schema, BigDecimal step, int variant) {
        BigDecimal low = lower(schema);
        BigDecimal high = upper(schema);
        BigDecimal plain = BigDecimal.ONE.divide(step, 0, RoundingMode.CEILING).multiply(step);
        // The least number of Java's int and its like is valid, and nothing that a model would say.
        boolean wide = low != null && low.signum() < 0 && high != null && plain.compareTo(high) < 0;
        BigDecimal from = low == null || wide ? BigDecimal.ONE : low;
        BigDecimal value = from.divide(step, 0, RoundingMode.CEILING).multiply(step);
        if (low != null && value.compareTo(low) == 0 && schema.has("exclusiveMinimum")) {
            value = value.add(step);
        }
        if (low == null && high != null && value.compareTo(high) >= 0) {
            value = high.divide(step, 0, RoundingMode.FLOOR).multiply(step);
            value = value.compareTo(high) == 0 && schema.has("exclusiveMaximum") ? value.subtract(step) : value;
            return value.subtract(step.multiply(BigDecimal.valueOf(variant)));
        }
        BigDecimal varied = value.add(step.multiply(BigDecimal.valueOf(variant)));
        int room = high == null ? 1 : high.compareTo(varied);
        return room > 0 || room == 0 && !schema.has("exclusiveMaximum") ? varied : value;
    }

    private static BigDecimal wholeStep(BigDecimal step) {
        BigDecimal whole = step.stripTrailingZeros();
        return whole.scale() <= 0 ? whole : new BigDecimal(whole.unscaledValue());
    }

    private static BigDecimal lower(ObjectNode schema) {
        return bound(schema, "minimum", "exclusiveMinimum", true);
    }

    private static BigDecimal upper(ObjectNode schema) {
        return bound(schema, "maximum", "exclusiveMaximum", false);
    }

    private static BigDecimal bound(ObjectNode schema, String closed, String open, boolean greater) {
        BigDecimal a = schema.path(closed).isNumber() ? schema.path(closed).decimalValue() : null;
        BigDecimal b = schema.path(open).isNumber() ? schema.path(open).decimalValue() : null;
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return greater ? a.max(b) : a.min(b);
    }

    static String text(ObjectNode schema, String name, int variant) {
        Optional<String> fixed =
                Optional.ofNullable(FORMATS.get(schema.path("format").asText()));
        if ("uuid".equals(schema.path("format").asText())) {
            fixed = Optional.of("123e4567-e89b-42d3-a456-%012d".formatted(variant));
        }
        if (fixed.isEmpty() && schema.path("pattern").isTextual()) {
            fixed = patterned(schema, schema.path("pattern").textValue(), variant);
        }
        return fixed.orElseGet(() -> plain(schema, name, variant));
    }

    /** As long as it has to be, and longer by the variant where that is allowed. */
    private static Optional<String> patterned(ObjectNode schema, String pattern, int variant) {
        Optional<String> shortest = PatternSample.of(pattern, 0);
        int length = shortest.map(String::length).orElse(0);
        int longer = Math.max(0, Math.min(schema.path("minLength").asInt(), MAX_LENGTH) - length);
        int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        Optional<String> varied = PatternSample.of(pattern, longer + variant).filter(text -> text.length() <= most);
        return varied.or(() -> PatternSample.of(pattern, longer)).or(() -> shortest);
    }

    private static String plain(ObjectNode schema, String name, int variant) {
        String words = "sample " + name.replace('_', ' ');
        int least = Math.min(schema.path("minLength").asInt(), MAX_LENGTH);
        int most = Math.max(least, schema.path("maxLength").asInt(Integer.MAX_VALUE));
        String suffix = variant == 0 ? "" : Integer.toString(variant + 1);
        if (words.length() < least) {
            words = words + "x".repeat(least - words.length());
        }
        int room = Math.max(0, most - suffix.length());
        String head = words.length() > room ? words.substring(0, room) : words;
        return suffix.length() > most ? suffix.substring(0, most) : head + suffix;
    }
}
