package dev.caravan.client;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts of one schema that go by name, so that a type can contain itself. */
final class Definitions {
    private static final String REF = "$ref";
    private static final String PREFIX = "#/$defs/";

    private final Map<Object, String> names = new HashMap<>();
    private final ObjectNode schemas = Json.object();

    /** Derives a schema; may ask for a reference to the same. */
    interface Derivation {
        ObjectNode derive() throws JsonMappingException;
    }

    /** A reference to the schema of {@code key}, which is derived the first time that it is asked for. */
    ObjectNode reference(Object key, String title, Derivation derivation) throws JsonMappingException {
        String known = names.get(key);
        if (known == null) {
            known = free(title.replaceAll("[^A-Za-z0-9_.-]", "_"));
            names.put(key, known);
            schemas.set(known, Json.object());
            schemas.set(known, derivation.derive());
        }
        return Json.object().put(REF, PREFIX + known);
    }

    private String free(String title) {
        String name = title;
        for (int i = 2; schemas.has(name); i++) {
            name = title + "-" + i;
        }
        return name;
    }

    /**
     * The whole: what is referred to once stands in its place, all else in {@code $defs}.
     *
     * @throws IllegalArgumentException when a part has no value that ends
     */
    ObjectNode close(ObjectNode root) {
        requireEnds();
        String rootName = target(root);
        ObjectNode whole = root;
        if (rootName != null) {
            whole = (ObjectNode) schemas.remove(rootName);
        }
        Map<String, List<ObjectNode>> references = new HashMap<>();
        collect(whole, references);
        schemas.forEach(schema -> collect(schema, references));
        references.forEach((name, places) -> {
            if (name.equals(rootName)) {
                places.forEach(place -> place.put(REF, "#"));
            } else if (places.size() == 1) {
                inline(name, places.get(0));
            }
        });
        if (!schemas.isEmpty()) {
            whole.set("$defs", schemas);
        }
        return whole;
    }

    private void inline(String name, ObjectNode place) {
        JsonNode described = place.get("description");
        place.remove(REF);
        place.setAll((ObjectNode) schemas.remove(name));
        if (described != null) {
            place.set("description", described);
        }
    }

    private static void collect(JsonNode node, Map<String, List<ObjectNode>> references) {
        String name = target(node);
        if (name != null) {
            references.computeIfAbsent(name, none -> new ArrayList<>()).add((ObjectNode) node);
        }
        node.forEach(part -> collect(part, references));
    }

    private static String target(JsonNode node) {
        String reference = node.path(REF).asText();
        return reference.startsWith(PREFIX) ? reference.substring(PREFIX.length()) : null;
    }

    /** Those that end are found from the inside out, until no more of them is. */
    private void requireEnds() {
        Set<String> ending = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (Map.Entry<String, JsonNode> schema : schemas.properties()) {
                more |= ends(schema.getValue(), ending) && ending.add(schema.getKey());
            }
        }
        schemas.fieldNames().forEachRemaining(name -> {
            if (!ending.contains(name)) {
                throw new IllegalArgumentException("No value of " + name + " ever ends, as each must contain another;"
                        + " make the component that does an Optional, a @Nullable or a list");
            }
        });
    }

    private static boolean ends(JsonNode schema, Set<String> ending) {
        String name = target(schema);
        if (name != null) {
            return ending.contains(name);
        }
        if (schema.has("anyOf")) {
            for (JsonNode branch : schema.get("anyOf")) {
                if (ends(branch, ending)) {
                    return true;
                }
            }
            return false;
        }
        for (JsonNode required : schema.path("required")) {
            if (!ends(schema.path("properties").path(required.asText()), ending)) {
                return false;
            }
        }
        return true;
    }
}
