package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import java.util.Collection;
import java.util.List;

/** How a service words what is wrong inside {@code messages} and {@code tools}. */
enum ChatWords {
    /** Bedrock's schema check: {@code #/messages/1/content: expected type: String, found: JSONArray}. */
    SCHEMA {
        @Override
        AwsFailure missing(String at, String key) {
            return malformed(at, "required key [" + key + "] not found");
        }

        @Override
        AwsFailure type(String at, JsonNode found, String expected) {
            return malformed(at, "expected type: " + expected + ", found: " + SchemaFaults.word(found.getNodeType()));
        }

        @Override
        AwsFailure value(String at, String found, Collection<String> allowed) {
            return malformed(at, found + " is not a valid enum value");
        }

        private AwsFailure malformed(String at, String fault) {
            return AwsFailure.validation(
                    "Malformed input request: #" + at + ": " + fault + ", please reformat your input and try again.");
        }
    },

    /**
     * The parser behind the open-weight models, as users report it: {@code Failed to deserialize the JSON body into
     * the target type: reasoning_effort: invalid type: map, expected a string}.
     */
    PARSER {
        @Override
        AwsFailure missing(String at, String key) {
            return failed(at, "missing field `" + key + "`");
        }

        @Override
        AwsFailure type(String at, JsonNode found, String expected) {
            return failed(at, "invalid type: " + found(found) + ", expected " + EXPECTED.get(NAMES.indexOf(expected)));
        }

        @Override
        AwsFailure value(String at, String found, Collection<String> allowed) {
            return failed(
                    at,
                    "unknown variant `" + found + "`, expected one of `"
                            + String.join("`, `", allowed.stream().sorted().toList()) + "`");
        }

        private AwsFailure failed(String at, String fault) {
            String path =
                    at.replaceAll("/(\\d+)", "[$1]").replaceFirst("^/", "").replace('/', '.');
            return AwsFailure.byModel("Failed to deserialize the JSON body into the target type: "
                    + (path.isEmpty() ? "" : path + ": ") + fault);
        }

        private String found(JsonNode node) {
            return switch (node.getNodeType()) {
                case OBJECT -> "map";
                case ARRAY -> "sequence";
                case STRING -> "string \"" + node.textValue() + "\"";
                case BOOLEAN -> "boolean `" + node.asText() + "`";
                case NUMBER -> (node.isIntegralNumber() ? "integer `" : "floating point `") + node.asText() + "`";
                default -> "null";
            };
        }
    };

    static final String STRING = "String";
    static final String ARRAY = "JSONArray";
    static final String OBJECT = "JSONObject";
    static final String NUMBER = "Number";
    static final String INTEGER = "Integer";
    static final String BOOLEAN = "Boolean";

    private static final List<String> NAMES = List.of(STRING, ARRAY, OBJECT, NUMBER, INTEGER, BOOLEAN);
    private static final List<String> EXPECTED =
            List.of("a string", "a sequence", "a map", "a number", "an integer", "a boolean");

    /** @param at JSON pointer of the object that lacks the key, empty for the body itself */
    abstract AwsFailure missing(String at, String key);

    /** @param expected one of this type's constants */
    abstract AwsFailure type(String at, JsonNode found, String expected);

    abstract AwsFailure value(String at, String found, Collection<String> allowed);

    /** A member that must be there and be text. */
    String text(JsonNode node, String at, String key) {
        JsonNode value = node.get(key);
        if (value == null) {
            throw missing(at, key);
        }
        if (!value.isTextual()) {
            throw type(at + "/" + key, value, STRING);
        }
        return value.textValue();
    }

    /** A member that must be there and be an object. */
    JsonNode object(JsonNode node, String at, String key) {
        JsonNode value = node.get(key);
        if (value == null) {
            throw missing(at, key);
        }
        if (!value.isObject()) {
            throw type(at + "/" + key, value, OBJECT);
        }
        return value;
    }
}
