package dev.caravan.emulator.answer;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A schema with its local references, allOf and first branches folded into one level. Not thread-safe. */
final class SchemaView {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_FOLDS = 1_000;

    private final JsonNode root;
    private int folds;

    SchemaView(JsonNode root) {
        this.root = root;
    }

    /** An object of keywords; empty for a schema that allows all or that is none. */
    ObjectNode flatten(JsonNode schema) {
        ObjectNode flat = Json.object();
        folds = 0;
        fold(flat, schema, 0);
        return flat;
    }

    /** The type of the value to make: the first that is named and is not null, else what the keywords speak of. */
    static String typeOf(ObjectNode schema) {
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            return type.textValue();
        }
        for (JsonNode each : type) {
            if (!"null".equals(each.asText())) {
                return each.asText();
            }
        }
        if (!type.isEmpty()) {
            return "null";
        }
        return guess(schema);
    }

    private static String guess(ObjectNode schema) {
        if (hasAny(
                schema,
                "properties",
                "patternProperties",
                "required",
                "dependentRequired",
                "additionalProperties",
                "minProperties")) {
            return "object";
        }
        if (hasAny(schema, "items", "prefixItems", "minItems", "contains")) {
            return "array";
        }
        return hasAny(schema, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
                ? "number"
                : "string";
    }

    private static boolean hasAny(ObjectNode schema, String... keywords) {
        return List.of(keywords).stream().anyMatch(schema::has);
    }

    private void fold(ObjectNode flat, JsonNode schema, int depth) {
        if (!schema.isObject() || depth > MAX_DEPTH || ++folds > MAX_FOLDS) {
            return;
        }
        for (var entry : schema.properties()) {
            JsonNode value = entry.getValue();
            switch (entry.getKey()) {
                case "$ref" -> fold(flat, resolve(value.asText()), depth + 1);
                case "allOf" -> value.forEach(each -> fold(flat, each, depth + 1));
                case "anyOf", "oneOf" -> fold(flat, value.path(0), depth + 1);
                case "properties" -> addProperties(flat.withObject("properties"), value);
                case "required" -> addRequired(flat.withArray("required"), value);
                case "description" -> flat.setAll(ToldBounds.in(value.asText()));
                default -> flat.set(entry.getKey(), value);
            }
        }
    }

    private static void addProperties(ObjectNode properties, JsonNode more) {
        for (var property : more.properties()) {
            JsonNode before = properties.get(property.getKey());
            if (before == null) {
                properties.set(property.getKey(), property.getValue());
            } else {
                ObjectNode both = Json.object();
                both.putArray("allOf").add(before).add(property.getValue());
                properties.set(property.getKey(), both);
            }
        }
    }

    private static void addRequired(ArrayNode required, JsonNode more) {
        more.forEach(required::add);
    }

    private JsonNode resolve(String reference) {
        if (!reference.startsWith("#")) {
            return MissingNode.getInstance();
        }
        String pointer = URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        return pointer.isEmpty()
                ? root
                : pointer.startsWith("/") ? root.at(JsonPointer.compile(pointer)) : anchor(root, pointer);
    }

    private static JsonNode anchor(JsonNode node, String name) {
        if (name.equals(node.path("$anchor").textValue())) {
            return node;
        }
        for (JsonNode child : node) {
            JsonNode found = anchor(child, name);
            if (!found.isMissingNode()) {
                return found;
            }
        }
        return MissingNode.getInstance();
    }
}
