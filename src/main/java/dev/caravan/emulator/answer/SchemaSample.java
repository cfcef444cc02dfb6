package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.runtime.Json;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Makes a JSON value that fits a JSON Schema, the same each time.
 *
 * <p>Understands type, enum, const, properties, required, dependentRequired, patternProperties and additionalProperties
 * (for names that have to be), minProperties,
 * items, prefixItems, contains, minItems, maxItems, uniqueItems, bounds of numbers, multipleOf, lengths, simple
 * patterns, common formats, local {@code $ref}, allOf, and of anyOf and oneOf the first branch. Others ({@code not},
 * {@code if}, {@code dependentSchemas} …) are not looked at, so a value may miss them. Recursion ends where nothing
 * more is required, at the latest 32 levels down.
 */
public final class SchemaSample {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int OPTIONAL_DEPTH = 5;
    private static final int MAX_DEPTH = 32;
    private static final int OPTIONAL_NODES = 2_000;
    private static final int MAX_NODES = 20_000;
    private static final int MAX_ITEMS = 1_000;

    private final SchemaView view;
    private int nodes;

    private SchemaSample(JsonNode root) {
        this.view = new SchemaView(root);
    }

    /** @param schema an object, or true or false */
    public static JsonNode of(JsonNode schema) {
        return new SchemaSample(schema).make(schema, "answer", 0, 0);
    }

    /**
     * @param name what the value is called, for texts
     * @param variant number of the value among its siblings, so that they differ
     */
    private JsonNode make(JsonNode raw, String name, int variant, int depth) {
        if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            return NullNode.instance;
        }
        ObjectNode schema = view.flatten(raw);
        if (schema.has("const")) {
            return schema.get("const");
        }
        JsonNode values = schema.path("enum");
        if (values.isArray() && !values.isEmpty()) {
            return values.get(variant % values.size());
        }
        return switch (SchemaView.typeOf(schema)) {
            case "object" -> object(schema, variant, depth);
            case "array" -> array(schema, name, variant, depth);
            case "integer" -> ScalarSample.integer(schema, variant);
            case "number" -> ScalarSample.number(schema, variant);
            case "boolean" -> BooleanNode.valueOf(variant % 2 == 0);
            case "null" -> NullNode.instance;
            default -> TextNode.valueOf(ScalarSample.text(schema, name, variant));
        };
    }

    private ObjectNode object(ObjectNode schema, int variant, int depth) {
        JsonNode properties = schema.path("properties");
        ObjectNode object = Json.object();
        for (String name : names(schema, properties, depth)) {
            object.set(name, make(property(schema, name), name, variant, depth + 1));
        }
        for (int i = 1; object.size() < schema.path("minProperties").asInt() && i <= MAX_ITEMS; i++) {
            String name = freeName(schema, i);
            object.set(name, make(property(schema, name), name, i, depth + 1));
        }
        return object;
    }

    private static JsonNode property(ObjectNode schema, String name) {
        if (schema.path("properties").has(name)) {
            return schema.path("properties").get(name);
        }
        for (var each : schema.path("patternProperties").properties()) {
            if (finds(each.getKey(), name)) {
                return each.getValue();
            }
        }
        return schema.path("additionalProperties");
    }

    private static boolean finds(String pattern, String name) {
        try {
            return Pattern.compile(pattern).matcher(name).find();
        } catch (PatternSyntaxException e) {
            // Not one of Java's.
            return false;
        }
    }

    /** A name that no property has; of a pattern when no other may be. */
    private static String freeName(ObjectNode schema, int number) {
        var patterns = schema.path("patternProperties").fieldNames();
        boolean closed = schema.path("additionalProperties").isBoolean()
                && !schema.path("additionalProperties").booleanValue();
        String other = "property_" + number;
        return closed && patterns.hasNext()
                ? PatternSample.of(patterns.next(), number).orElse(other)
                : other;
    }

    /** Required names first to count, then the others as long as there is room; in the order of the schema. */
    private Set<String> names(ObjectNode schema, JsonNode properties, int depth) {
        Set<String> required = new LinkedHashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        int room = schema.path("maxProperties").asInt(Integer.MAX_VALUE) - required.size();
        boolean optional = depth < OPTIONAL_DEPTH && nodes < OPTIONAL_NODES;
        Set<String> names = new LinkedHashSet<>();
        for (var property : properties.properties()) {
            boolean possible =
                    !property.getValue().isBoolean() || property.getValue().booleanValue();
            if (required.contains(property.getKey())) {
                names.add(property.getKey());
            } else if (optional && possible && room-- > 0) {
                names.add(property.getKey());
            }
        }
        names.addAll(required);
        addDependent(names, schema.path("dependentRequired"));
        return names;
    }

    private static void addDependent(Set<String> names, JsonNode dependent) {
        int before;
        do {
            before = names.size();
            for (var each : dependent.properties()) {
                if (names.contains(each.getKey())) {
                    each.getValue().forEach(name -> names.add(name.asText()));
                }
            }
        } while (names.size() > before);
    }

    private ArrayNode array(ObjectNode schema, String name, int variant, int depth) {
        JsonNode prefix = schema.path("prefixItems");
        JsonNode contains = schema.path("contains");
        JsonNode items = schema.has("items") || contains.isMissingNode() ? schema.path("items") : contains;
        boolean recursive = depth >= OPTIONAL_DEPTH || nodes >= OPTIONAL_NODES;
        int wanted = Math.max(recursive ? 0 : 1, prefix.size());
        int least = Math.max(
                schema.path("minItems").asInt(),
                contains.isMissingNode() ? 0 : schema.path("minContains").asInt(1));
        int size = Math.min(Math.max(wanted, least), schema.path("maxItems").asInt(MAX_ITEMS));
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < Math.min(size, MAX_ITEMS); i++) {
            JsonNode item = i < prefix.size() ? prefix.get(i) : items;
            if (item.isBoolean() && !item.booleanValue()) {
                break;
            }
            array.add(make(item, name, variant + i, depth + 1));
        }
        return array;
    }
}
