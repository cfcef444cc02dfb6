package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.Set;

/** Copies a schema to another place in a document, in the spelling of draft 2020-12. Good for one copy. */
final class SchemaCopy {
    /** Keywords whose value maps names to schemas. */
    private static final Set<String> NAMED =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies");

    /** Keywords whose value is data. */
    private static final Set<String> DATA = Set.of("enum", "const", "default", "examples");

    /** Keywords by which a reference depends on more than the document it stands in. */
    private static final Set<String> ADDRESSES =
            Set.of("$id", "id", "$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$recursiveAnchor");

    /** Deeper ones are written by nobody, and would cost a stack. */
    private static final int MAX_DEPTH = 200;

    private final String root;
    private boolean sound = true;
    private int depth;

    /** @param root where the schema's root will be, as a reference */
    SchemaCopy(String root) {
        this.root = root;
    }

    /** Whether the copy means what the schema does. */
    boolean sound() {
        return sound;
    }

    JsonNode of(JsonNode schema) {
        return copy(schema, true);
    }

    private JsonNode copy(JsonNode schema, boolean atRoot) {
        depth++;
        sound &= depth <= MAX_DEPTH;
        JsonNode copy = sound ? copyLevel(schema, atRoot) : schema;
        depth--;
        return copy;
    }

    private JsonNode copyLevel(JsonNode schema, boolean atRoot) {
        if (schema.isArray()) {
            ArrayNode list = Json.mapper().createArrayNode();
            schema.forEach(each -> list.add(copy(each, false)));
            return list;
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode copy = Json.object();
        schema.properties().forEach(keyword -> keyword(keyword.getKey(), keyword.getValue(), atRoot, copy));
        respell(schema, copy);
        return copy;
    }

    private void keyword(String name, JsonNode value, boolean atRoot, ObjectNode copy) {
        if (name.equals("$schema")) {
            return;
        }
        if (ADDRESSES.contains(name) && (value.isTextual() || value.isBoolean())) {
            sound &= atRoot && name.endsWith("id");
        } else if (name.equals("$ref") && value.isTextual()) {
            copy.put(name, reference(value.textValue()));
        } else if (NAMED.contains(name) && value.isObject()) {
            ObjectNode named = copy.putObject(name);
            value.properties().forEach(each -> named.set(each.getKey(), copy(each.getValue(), false)));
        } else {
            copy.set(name, DATA.contains(name) ? value : copy(value, false));
        }
    }

    /** Anchors and definitions are found wherever the schema stands. */
    private String reference(String reference) {
        if (!reference.startsWith("#")) {
            sound = false;
            return reference;
        }
        boolean pointer = reference.equals("#") || reference.startsWith("#/");
        boolean definition = reference.startsWith("#/$defs/") || reference.startsWith("#/definitions/");
        return pointer && !definition ? root + reference.substring(1) : reference;
    }

    /** Draft 4 had booleans for exclusive bounds, drafts 4 to 2019-09 a list of items for tuples. */
    private static void respell(JsonNode schema, ObjectNode copy) {
        exclusive(copy, "exclusiveMinimum", "minimum");
        exclusive(copy, "exclusiveMaximum", "maximum");
        if (schema.path("items").isArray()) {
            copy.set("prefixItems", copy.remove("items"));
            JsonNode more = copy.remove("additionalItems");
            if (more != null) {
                copy.set("items", more);
            }
        }
    }

    private static void exclusive(ObjectNode copy, String exclusive, String bound) {
        if (copy.path(exclusive).isBoolean()) {
            boolean excludes = copy.remove(exclusive).booleanValue();
            if (excludes && copy.has(bound)) {
                copy.set(exclusive, copy.remove(bound));
            }
        }
    }
}
