package dev.caravan.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A strict reader of one map of a catalogue file. An absent field (or null) reads as null; a wrong one is noted as
 * a problem and reads as null too. {@link #refuseOthers()} notes every field that was never asked for.
 */
final class Fields {
    private final JsonNode node;
    private final String path;
    private final List<String> problems;
    private final Set<String> asked = new HashSet<>();

    Fields(JsonNode node, String path, List<String> problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        if (node != null && !node.isNull() && !node.isObject()) {
            problems.add(path + ": must be a map");
        }
    }

    boolean present() {
        return node != null && node.isObject();
    }

    void problem(String field, String rule) {
        problems.add(path + "." + field + ": " + rule);
    }

    /** Notes a required field that is missing (not one that was there and wrong). */
    <T> T required(String field, T value) {
        if (value == null && get(field) == null) {
            problem(field, "is required");
        }
        return value;
    }

    String text(String field) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            problem(field, "must be text");
            return null;
        }
        return value.textValue();
    }

    Integer count(String field, int least) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
            problem(field, "must be a whole number, at least " + least);
            return null;
        }
        return value.intValue();
    }

    /** A number from 0 up. */
    Double amount(String field) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!isAmount(value)) {
            problem(field, "must be a number, at least 0");
            return null;
        }
        return value.doubleValue();
    }

    Boolean flag(String field) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            problem(field, "must be true or false");
            return null;
        }
        return value.booleanValue();
    }

    LocalDate date(String field) {
        String value = text(field);
        if (value == null) {
            return null;
        }
        try {
            return LocalDate.parse(value);
        } catch (DateTimeException e) {
            problem(field, "must be a date such as 2026-01-31");
            return null;
        }
    }

    <E extends Enum<E>> E word(String field, Class<E> type) {
        String value = text(field);
        return value == null ? null : wordOf(field, value, type);
    }

    <E extends Enum<E>> List<E> words(String field, Class<E> type) {
        List<String> values = texts(field, value -> true, "");
        if (values == null) {
            return null;
        }
        List<E> words = new ArrayList<>();
        for (String value : values) {
            E word = wordOf(field, value, type);
            if (word != null) {
                words.add(word);
            }
        }
        return List.copyOf(words);
    }

    /** A list of texts that all pass the test; the rule says what the test wants. */
    List<String> texts(String field, Predicate<String> test, String rule) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            problem(field, "must be a list");
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                problem(field, "must be a list of texts");
            } else if (!test.test(element.textValue())) {
                problem(field, "'" + element.textValue() + "' " + rule);
            } else if (!texts.contains(element.textValue())) {
                texts.add(element.textValue());
            }
        }
        return List.copyOf(texts);
    }

    Model.Range range(String field) {
        JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        boolean pair = value.isArray() && value.size() == 2 && isAmount(value.get(0)) && isAmount(value.get(1));
        if (!pair || value.get(0).doubleValue() > value.get(1).doubleValue()) {
            problem(field, "must be a range such as [0, 1]");
            return null;
        }
        return new Model.Range(value.get(0).doubleValue(), value.get(1).doubleValue());
    }

    /** A list of whole numbers; for people, so only checked. */
    void checkCounts(String field) {
        JsonNode value = get(field);
        if (value == null) {
            return;
        }
        boolean fine = value.isArray();
        for (JsonNode element : value) {
            fine &= element.isIntegralNumber();
        }
        if (!fine) {
            problem(field, "must be a list of whole numbers");
        }
    }

    Fields map(String field) {
        return new Fields(get(field), path + "." + field, problems);
    }

    /** Notes the fields that nobody asked for. */
    void refuseOthers() {
        if (present()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (!asked.contains(field.getKey())) {
                    problem(field.getKey(), "unknown field");
                }
            }
        }
    }

    private JsonNode get(String field) {
        asked.add(field);
        JsonNode value = present() ? node.get(field) : null;
        return value == null || value.isNull() ? null : value;
    }

    private <E extends Enum<E>> E wordOf(String field, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(value)) {
                return constant;
            }
        }
        String allowed =
                Arrays.stream(type.getEnumConstants()).map(Fields::lower).collect(Collectors.joining(", "));
        problem(field, "'" + value + "' must be one of " + allowed);
        return null;
    }

    private static boolean isAmount(JsonNode value) {
        return value.isNumber() && Double.isFinite(value.doubleValue()) && value.doubleValue() >= 0;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
