package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.function.BiConsumer;

/** Where a schema holds further schemas. */
final class SchemaKeywords {
    private static final Set<String> ONE = Set.of(
            "not",
            "if",
            "then",
            "else",
            "items",
            "additionalItems",
            "contains",
            "propertyNames",
            "additionalProperties",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema");
    private static final Set<String> LIST = Set.of("allOf", "anyOf", "oneOf", "prefixItems", "items");
    private static final Set<String> NAMED =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies");
    private static final Set<String> SAME_VALUE =
            Set.of("not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas", "dependencies");

    private SchemaKeywords() {}

    /** A schema within another one. */
    interface Visitor {
        /** @param sameValue whether it speaks of the same value as the schema around it */
        void visit(String path, JsonNode schema, boolean sameValue);
    }

    static void forEach(JsonNode schema, Visitor visitor) {
        schema.properties().forEach(member -> {
            String keyword = member.getKey();
            JsonNode value = member.getValue();
            boolean same = SAME_VALUE.contains(keyword);
            BiConsumer<String, JsonNode> found = (path, child) -> {
                if (child.isObject() || child.isBoolean()) {
                    visitor.visit("/" + keyword + path, child, same);
                }
            };
            if (ONE.contains(keyword) && !value.isArray()) {
                found.accept("", value);
            } else if (LIST.contains(keyword)) {
                for (int i = 0; i < value.size() && value.isArray(); i++) {
                    found.accept("/" + i, value.get(i));
                }
            } else if (NAMED.contains(keyword)) {
                value.properties().forEach(named -> found.accept("/" + escape(named.getKey()), named.getValue()));
            }
        });
    }

    /** A name as a part of a JSON Pointer. */
    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
