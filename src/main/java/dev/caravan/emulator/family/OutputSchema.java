package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.caravan.emulator.aws.AwsFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of JSON Schema that structured output takes (AWS user guide, "Get validated JSON results from models"):
 * closed objects, no bounds of numbers and lengths, {@code minItems} 0 or 1, local references without recursion.
 */
final class OutputSchema {
    private static final Set<String> UNSUPPORTED = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties");

    private static final String WHOLE = "#";

    private final JsonNode root;
    private final String at;
    private final Set<String> open = new HashSet<>();
    private final Set<String> done = new HashSet<>();

    private OutputSchema(JsonNode root, String at) {
        this.root = root;
        this.at = at + ": ";
        open.add(WHOLE);
    }

    /**
     * @param at where the schema stands in the body
     * @throws AwsFailure ValidationException naming the keyword
     */
    static void check(JsonNode schema, String at) {
        new OutputSchema(schema, at).checkLevel(schema);
    }

    private void checkLevel(JsonNode schema) {
        if (!schema.isObject()) {
            return;
        }
        String type = schema.path("type").asText();
        if ("object".equals(type) && !schema.path("additionalProperties").equals(BooleanNode.FALSE)) {
            throw AwsFailure.byModel(at + "For 'object' type, 'additionalProperties' must be explicitly set to false");
        }
        for (var keyword : schema.properties()) {
            if (UNSUPPORTED.contains(keyword.getKey())) {
                throw AwsFailure.byModel(
                        at + "For '" + type + "' type, property '" + keyword.getKey() + "' is not supported");
            }
        }
        if (schema.path("minItems").asInt() > 1) {
            throw AwsFailure.byModel(at + "For 'array' type, 'minItems' values other than 0 or 1 are not supported");
        }
        follow(schema);
        schema.path("properties").forEach(property -> checkLevel(property));
        checkLevel(schema.path("items"));
        for (String branch : List.of("anyOf", "allOf", "oneOf")) {
            schema.path(branch).forEach(each -> checkLevel(each));
        }
    }

    private void follow(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        if (reference.isEmpty()) {
            return;
        }
        if (!reference.equals(WHOLE) && !reference.startsWith("#/")) {
            throw AwsFailure.byModel(at + "External references are not supported: " + reference);
        }
        if (done.contains(reference)) {
            return;
        }
        if (!open.add(reference)) {
            throw AwsFailure.byModel(at + "Recursive references are not supported: " + reference);
        }
        checkLevel(root.at(reference.substring(1)));
        open.remove(reference);
        done.add(reference);
    }
}
