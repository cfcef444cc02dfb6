package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema in the part of JSON Schema that providers hold an answer to by themselves: closed objects, no bounds,
 * references to definitions without recursion. What only narrows is left out, and told in the description instead: the
 * answer is checked against the whole schema afterwards.
 *
 * <p>Source: Amazon Bedrock user guide, "Get validated JSON results from models"; the limits of 16 union types and 24
 * optional properties and the kinds of patterns: Anthropic's documentation, "Structured outputs".
 */
public final class NativeSchema {
    private static final int MAX_UNIONS = 16;
    private static final int MAX_OPTIONAL = 24;
    private static final int MAX_DEPTH = 64;
    private static final Pattern DEFINITION = Pattern.compile("#/(\\$defs|definitions)/([A-Za-z0-9_.-]+)");
    /** Without these the schema would ask for something else. */
    private static final Set<String> NOT_SAID = Set.of(
            "patternProperties",
            "not",
            "if",
            "then",
            "else",
            "contains",
            "prefixItems",
            "dependentSchemas",
            "dependentRequired",
            "dependencies",
            "unevaluatedItems",
            "$anchor",
            "$dynamicRef",
            "$dynamicAnchor",
            "$recursiveRef",
            "$recursiveAnchor");

    private final JsonNode root;
    private final ObjectNode definitions = Json.object();
    private final Deque<String> open = new ArrayDeque<>();
    private String home;
    private int depth;
    private int unions;
    private int optional;

    private NativeSchema(JsonNode root) {
        this.root = root;
    }

    /** Thrown inside for what the part cannot say. */
    private static final class NotSaid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotSaid() {
            super(null, null, false, false);
        }
    }

    /**
     * @param schema one that was compiled
     * @return empty when it cannot be said so, or its root is no object
     */
    public static Optional<JsonNode> of(JsonNode schema) {
        try {
            return Optional.of(new NativeSchema(schema).write());
        } catch (NotSaid e) {
            return Optional.empty();
        }
    }

    private JsonNode write() {
        ObjectNode written = root.has("$ref") ? resolved(root) : level(root);
        require("object".equals(written.path("type").textValue()));
        if (!definitions.isEmpty()) {
            written.set(home, definitions);
        }
        require(unions <= MAX_UNIONS && optional <= MAX_OPTIONAL);
        return written;
    }

    /** A root that is a reference only stands for what it refers to. */
    private ObjectNode resolved(JsonNode reference) {
        Matcher name = definition(reference);
        open.push(name.group());
        return level(root.path(name.group(1)).path(name.group(2)));
    }

    private ObjectNode level(JsonNode schema) {
        require(++depth <= MAX_DEPTH && schema.isObject());
        require(NOT_SAID.stream().noneMatch(schema::has));
        require(schema == root || !schema.has("$id") && !schema.path("id").isTextual());
        ObjectNode written = Json.object();
        if (schema.has("$ref")) {
            written.put("$ref", reference(schema));
        } else if (schema.path("allOf").size() == 1 && !schema.has("type") && !schema.has("properties")) {
            written.setAll(level(schema.path("allOf").get(0)));
        } else if (schema.has("anyOf") || schema.has("oneOf")) {
            union(schema, written);
        } else {
            require(!schema.has("allOf"));
            plain(schema, written);
        }
        Narrowing.tell(schema, written);
        depth--;
        return written;
    }

    private Matcher definition(JsonNode schema) {
        Matcher name = DEFINITION.matcher(schema.path("$ref").asText());
        require(name.matches());
        for (String sibling : List.of("type", "properties", "enum", "const", "anyOf", "oneOf", "allOf", "items")) {
            require(!schema.has(sibling));
        }
        return name;
    }

    private String reference(JsonNode schema) {
        Matcher name = definition(schema);
        require(!open.contains(name.group()));
        home = home == null ? name.group(1) : home;
        require(home.equals(name.group(1)));
        if (!definitions.has(name.group(2))) {
            open.push(name.group());
            ObjectNode target = level(root.path(name.group(1)).path(name.group(2)));
            open.pop();
            definitions.set(name.group(2), target);
        }
        return name.group();
    }

    /** Any of them is what oneOf asks for and a little more. */
    private void union(JsonNode schema, ObjectNode written) {
        require(!(schema.has("anyOf") && schema.has("oneOf")) && !schema.has("properties") && !schema.has("allOf"));
        unions++;
        ArrayNode branches = written.putArray("anyOf");
        schema.path(schema.has("anyOf") ? "anyOf" : "oneOf").forEach(branch -> branches.add(level(branch)));
    }

    private void plain(JsonNode schema, ObjectNode written) {
        JsonNode type = schema.path("type");
        boolean object = "object".equals(type.textValue()) || type.isMissingNode() && schema.has("properties");
        if (object) {
            object(schema, written);
        } else if ("array".equals(type.textValue())) {
            written.put("type", "array");
            written.set("items", level(schema.path("items")));
            if (schema.path("minItems").asInt() > 0) {
                written.put("minItems", 1);
            }
        } else {
            scalar(schema, written);
        }
    }

    private void object(JsonNode schema, ObjectNode written) {
        JsonNode more = schema.path("additionalProperties");
        boolean closed = more.isBoolean() && !more.booleanValue();
        require(closed || more.isMissingNode() && !schema.path("properties").isEmpty());
        written.put("type", "object");
        ObjectNode properties = written.putObject("properties");
        schema.path("properties")
                .properties()
                .forEach(property -> properties.set(property.getKey(), level(property.getValue())));
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        require(required.stream().allMatch(properties::has));
        if (!required.isEmpty()) {
            written.set("required", schema.path("required"));
        }
        optional += properties.size() - required.size();
        written.put("additionalProperties", false);
    }

    private void scalar(JsonNode schema, ObjectNode written) {
        JsonNode type = schema.path("type");
        require(type.isTextual() || type.isArray() || schema.has("enum") || schema.has("const"));
        for (JsonNode each : type) {
            require(!"object".equals(each.asText()) && !"array".equals(each.asText()));
        }
        for (JsonNode value : schema.path("enum")) {
            require(value.isValueNode());
        }
        require(!schema.path("const").isContainerNode());
        unions += type.size() > 1 ? 1 : 0;
        for (String name : List.of("type", "enum", "const")) {
            if (schema.has(name)) {
                written.set(name, schema.get(name));
            }
        }
        Narrowing.say(schema, written);
    }

    private static void require(boolean said) {
        if (!said) {
            throw new NotSaid();
        }
    }
}
