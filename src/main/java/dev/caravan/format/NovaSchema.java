package dev.caravan.format;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * A tool's schema as Nova takes it: at the top only {@code type}, {@code properties} and {@code required} (zed issue
 * 28521: "extraneous key [definitions] is not permitted"). So what stands elsewhere in the schema takes the place of
 * the references to it; inside itself it becomes the schema that allows all.
 */
final class NovaSchema {
    /** Members whose members are schemas under names of the caller's. */
    private static final Set<String> MAPS =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");

    /** Members that hold values, not schemas. */
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples", "required");

    /** References to references can grow without end. */
    private static final int MAX_SCHEMAS = 10_000;

    private static final int MAX_DEPTH = 100;

    private final JsonNode root;
    private final Set<String> open = new HashSet<>(Set.of("#"));
    private int schemas;

    private NovaSchema(JsonNode root) {
        this.root = root;
    }

    /** A new schema; the given one stays as it is. */
    static JsonNode of(JsonNode schema) {
        JsonNode whole = new NovaSchema(schema).inlined(schema);
        ObjectNode reduced = Json.object().put("type", "object");
        JsonNode properties = whole.path("properties");
        reduced.set("properties", properties.isObject() ? properties : Json.object());
        if (whole.path("required").isArray()) {
            reduced.set("required", whole.get("required"));
        }
        return reduced;
    }

    private JsonNode inlined(JsonNode schema) {
        if (++schemas > MAX_SCHEMAS) {
            return Json.object();
        }
        if (schema.isArray()) {
            ArrayNode all = Json.object().arrayNode();
            schema.forEach(each -> all.add(inlined(each)));
            return all;
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode copy =
                schema.path("$ref").isTextual() ? target(schema.get("$ref").textValue()) : Json.object();
        for (var member : schema.properties()) {
            if (!member.getKey().equals("$ref") || !member.getValue().isTextual()) {
                copy.set(member.getKey(), member(member.getKey(), member.getValue()));
            }
        }
        return copy;
    }

    private JsonNode member(String name, JsonNode value) {
        if (VALUES.contains(name)) {
            return value;
        }
        if (!MAPS.contains(name) || !value.isObject()) {
            return inlined(value);
        }
        ObjectNode map = Json.object();
        value.properties().forEach(each -> map.set(each.getKey(), inlined(each.getValue())));
        return map;
    }

    private ObjectNode target(String reference) {
        if (!reference.startsWith("#/") || open.size() > MAX_DEPTH || !open.add(reference)) {
            return Json.object();
        }
        JsonNode found = inlined(root.at(pointer(reference)));
        open.remove(reference);
        return found instanceof ObjectNode object ? object : Json.object();
    }

    private static JsonPointer pointer(String reference) {
        String text = reference.substring(1);
        try {
            return JsonPointer.compile(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // A stray percent sign: then it is meant as it stands.
            return JsonPointer.compile(text);
        }
    }
}
