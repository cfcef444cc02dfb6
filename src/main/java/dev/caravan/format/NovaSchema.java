package dev.caravan.format;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A tool's schema as Nova takes it: at the top only {@code type}, {@code properties} and {@code required} (zed issue
 * 28521: "extraneous key [definitions] is not permitted"). So what stands elsewhere in the schema takes the place of
 * the references to it, as long as that does not make the schema much larger. Inside itself, and beyond that size, a
 * reference becomes a schema that allows all, and its description says what it stands for: what the model does not see
 * it cannot mind, and the answer is checked against the whole schema afterwards.
 */
final class NovaSchema {
    /** Members whose members are schemas under names of the caller's. */
    private static final Set<String> MAPS =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");

    /** Members that hold values, not schemas. */
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples", "required");

    /** References to references can grow without end; what takes their place may be so many times the schema's text. */
    private static final int MAX_GROWTH = 4;

    private static final int MIN_CHARS = 4_000;
    private static final int MAX_TOLD = 2_000;
    private static final int MAX_DEPTH = 100;

    private final JsonNode root;
    private final Set<String> open = new HashSet<>(Set.of("#"));
    private final Set<String> shown = new HashSet<>(Set.of("#"));
    private final Map<String, String> texts = new HashMap<>();
    private int charsLeft;

    private NovaSchema(JsonNode root) {
        this.root = root;
        this.charsLeft = Math.max(MIN_CHARS, MAX_GROWTH * root.toString().length());
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
        if (schema.isArray()) {
            ArrayNode all = Json.object().arrayNode();
            schema.forEach(each -> all.add(inlined(each)));
            return all;
        }
        if (!schema.isObject()) {
            return schema;
        }
        String reference = schema.path("$ref").textValue();
        String told = reference == null ? null : told(reference);
        ObjectNode copy = reference == null || told != null ? Json.object() : target(reference);
        for (var member : schema.properties()) {
            if (!member.getKey().equals("$ref") || !member.getValue().isTextual()) {
                copy.set(member.getKey(), member(member.getKey(), member.getValue()));
            }
        }
        if (told != null) {
            String own = copy.path("description").asText("");
            copy.put("description", own.isEmpty() ? told : own + "\n" + told);
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

    /** Words for a reference that nothing takes the place of; null when something can, or it leads nowhere. */
    private String told(String reference) {
        String definition = text(reference);
        if (definition.isEmpty()) {
            return null;
        }
        boolean recursive = open.contains(reference);
        if (!recursive && open.size() <= MAX_DEPTH && definition.length() <= charsLeft) {
            return null;
        }
        String name = reference.equals("#") ? "the whole input" : reference.substring(reference.lastIndexOf('/') + 1);
        if (definition.length() <= MAX_TOLD && (recursive || !shown.contains(reference))) {
            return "JSON Schema of this (" + name + "): " + definition;
        }
        return recursive
                ? "Like the " + name + " that this stands in"
                : "Like " + name + (shown.contains(reference) ? " above" : "");
    }

    /** The text of what a reference leads to; empty when it leads nowhere. */
    private String text(String reference) {
        return texts.computeIfAbsent(reference, key -> {
            if (key.equals("#")) {
                return withoutDefinitions(root).toString();
            }
            JsonNode found = key.startsWith("#/") ? root.at(pointer(key)) : MissingNode.getInstance();
            return found.isObject() ? found.toString() : "";
        });
    }

    private static JsonNode withoutDefinitions(JsonNode schema) {
        return schema instanceof ObjectNode object ? object.deepCopy().remove(List.of("$defs", "definitions")) : schema;
    }

    private ObjectNode target(String reference) {
        if (text(reference).isEmpty()) {
            return Json.object();
        }
        charsLeft -= text(reference).length();
        open.add(reference);
        JsonNode found = inlined(root.at(pointer(reference)));
        open.remove(reference);
        shown.add(reference);
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
