package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects faults of a native body in the words of the service's schema check and joins them, as the service does,
 * without a separator: {@code #: required key [prompt] not found#: extraneous key [messages] is not permitted}.
 */
final class SchemaFaults {
    /** What a body that is no JSON object at all is answered with. */
    static final String UNREADABLE = "Malformed input request, please reformat your input and try again.";

    private final StringBuilder faults = new StringBuilder();
    private String level = "";

    /** What follows is about the node at this JSON pointer: {@code /inferenceConfig}. */
    SchemaFaults at(String pointer) {
        level = pointer;
        return this;
    }

    SchemaFaults required(JsonNode body, List<String> keys) {
        keys.stream().filter(key -> !body.has(key)).forEach(key -> add("", "required key [" + key + "] not found"));
        return this;
    }

    SchemaFaults onlyKnown(JsonNode body, Set<String> known) {
        body.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                add("", "extraneous key [" + key + "] is not permitted");
            }
        });
        return this;
    }

    /** A key that others take. */
    SchemaFaults without(JsonNode body, String key) {
        if (body.has(key)) {
            add("", "extraneous key [" + key + "] is not permitted");
        }
        return this;
    }

    /** Checks the type of a key if it is there. */
    SchemaFaults type(JsonNode body, String key, JsonNodeType... allowed) {
        JsonNode value = body.get(key);
        if (value != null && !List.of(allowed).contains(value.getNodeType())) {
            add("/" + key, "expected type: " + word(allowed[0]) + ", found: " + word(value.getNodeType()));
        }
        return this;
    }

    SchemaFaults oneOf(JsonNode body, String key, Collection<String> values) {
        JsonNode value = body.get(key);
        if (value != null && !values.contains(value.textValue())) {
            add("/" + key, value.asText() + " is not a valid enum value");
        }
        return this;
    }

    /** Checks a whole number; {@code max} may be null. */
    SchemaFaults integer(JsonNode body, String key, long min, Long max) {
        JsonNode value = body.get(key);
        if (value != null && !value.isIntegralNumber()) {
            String found = value.isNumber() ? "Double" : word(value.getNodeType());
            add("/" + key, "expected type: Integer, found: " + found);
            return this;
        }
        return bounds(body, key, BigDecimal.valueOf(min), max == null ? null : BigDecimal.valueOf(max));
    }

    SchemaFaults number(JsonNode body, String key, Model.Range range) {
        type(body, key, JsonNodeType.NUMBER);
        return bounds(body, key, BigDecimal.valueOf(range.min()), BigDecimal.valueOf(range.max()));
    }

    SchemaFaults maxItems(JsonNode body, String key, int max) {
        int size = body.path(key).size();
        if (size > max) {
            add("/" + key, "expected maximum item count: " + max + ", found: " + size);
        }
        return this;
    }

    SchemaFaults minLength(JsonNode body, String key, int min) {
        JsonNode value = body.path(key);
        if (value.isTextual() && value.textValue().length() < min) {
            add(
                    "/" + key,
                    "expected minLength: " + min + ", actual: "
                            + value.textValue().length());
        }
        return this;
    }

    /** Checks an array of strings, each of which matches the pattern. */
    SchemaFaults strings(JsonNode body, String key, Pattern pattern) {
        type(body, key, JsonNodeType.ARRAY);
        JsonNode array = body.path(key);
        for (int i = 0; array.isArray() && i < array.size(); i++) {
            JsonNode item = array.get(i);
            if (!item.isTextual()) {
                add("/" + key + "/" + i, "expected type: String, found: " + word(item.getNodeType()));
            } else if (!pattern.matcher(item.textValue()).find()) {
                add("/" + key + "/" + i, "string [" + item.textValue() + "] does not match pattern " + pattern);
            }
        }
        return this;
    }

    /** @throws AwsFailure ValidationException when there was a fault */
    void refuse() {
        if (!faults.isEmpty()) {
            throw AwsFailure.validation(said());
        }
    }

    /** As {@link #refuse()}, for faults that the service passes on from the model. */
    void refuseByModel() {
        if (!faults.isEmpty()) {
            throw AwsFailure.byModel(said());
        }
    }

    private String said() {
        return "Malformed input request: " + faults + ", please reformat your input and try again.";
    }

    private SchemaFaults bounds(JsonNode body, String key, BigDecimal min, BigDecimal max) {
        JsonNode value = body.path(key);
        if (value.isNumber() && value.decimalValue().compareTo(min) < 0) {
            add("/" + key, value.asText() + " is not greater or equal to " + plain(min));
        } else if (value.isNumber() && max != null && value.decimalValue().compareTo(max) > 0) {
            add("/" + key, value.asText() + " is not less or equal to " + plain(max));
        }
        return this;
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private void add(String pointer, String fault) {
        faults.append('#').append(level).append(pointer).append(": ").append(fault);
    }

    static String word(JsonNodeType type) {
        return switch (type) {
            case OBJECT -> "JSONObject";
            case ARRAY -> "JSONArray";
            case STRING -> "String";
            case NUMBER -> "Number";
            case BOOLEAN -> "Boolean";
            default -> "Null";
        };
    }
}
