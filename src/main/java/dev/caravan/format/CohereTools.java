package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Tool;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tools in Cohere's form: one {@code parameter_definitions} entry per property of the input, with a type of Python.
 * What this form cannot say of a property (enum, items, nested properties …) is told to the model as JSON in the
 * description, and so are shared definitions of the schema in the tool's.
 */
final class CohereTools {
    private static final Map<String, String> TYPES = Map.of(
            "string", "str",
            "integer", "int",
            "number", "float",
            "boolean", "bool",
            "array", "list",
            "object", "dict");
    private static final Set<String> SAID = Set.of("type", "description");
    private static final List<String> SHARED = List.of("$defs", "definitions");

    private CohereTools() {}

    static ObjectNode write(Tool tool) {
        JsonNode schema = tool.inputSchema();
        ObjectNode written = Json.object().put("name", tool.name());
        List<String> description = new ArrayList<>();
        description.add(tool.description() == null ? tool.name() : tool.description());
        for (String shared : SHARED) {
            if (schema.has(shared)) {
                description.add("JSON Schema " + shared + ": " + schema.get(shared));
            }
        }
        written.put("description", String.join("\n", description));
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        ObjectNode definitions = written.putObject("parameter_definitions");
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            definitions.set(property.getKey(), parameter(property.getValue(), required.contains(property.getKey())));
        }
        return written;
    }

    private static ObjectNode parameter(JsonNode schema, boolean required) {
        List<String> description = new ArrayList<>();
        if (schema.path("description").isTextual()) {
            description.add(schema.path("description").textValue());
        }
        ObjectNode rest = Json.object();
        schema.properties().stream()
                .filter(keyword -> !SAID.contains(keyword.getKey()))
                .forEach(keyword -> rest.set(keyword.getKey(), keyword.getValue()));
        if (schema.path("type").isArray()) {
            rest.set("type", schema.path("type"));
        }
        if (!rest.isEmpty()) {
            description.add("JSON Schema: " + rest);
        }
        return Json.object()
                .put("description", String.join("\n", description))
                .put("type", type(schema.path("type")))
                .put("required", required);
    }

    /** Of several types the first that is not null; text when there is none. */
    private static String type(JsonNode type) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (TYPES.containsKey(each.asText())) {
                    return TYPES.get(each.asText());
                }
            }
        }
        return TYPES.getOrDefault(type.asText(), "str");
    }
}
