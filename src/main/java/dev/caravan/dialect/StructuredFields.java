package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Structured;
import dev.caravan.error.LlmException;
import java.util.Set;

/** Reads the fields that a structured request has beside those of every request. */
final class StructuredFields {
    static final Set<String> NAMES = Set.of("schema", "schema_name", "max_repairs");

    private StructuredFields() {}

    /**
     * @return null when there is none of them
     * @throws LlmException {@code invalid_request} naming the field
     */
    static Structured read(JsonNode tree) {
        JsonNode schema = schema(tree.path("schema"));
        String name = FieldReading.text(tree, "schema_name");
        Integer maxRepairs = FieldReading.integer(tree, "max_repairs", 0, Structured.MAX_REPAIRS);
        return schema == null && name == null && maxRepairs == null ? null : new Structured(schema, name, maxRepairs);
    }

    private static JsonNode schema(JsonNode node) {
        if (!FieldReading.given(node)) {
            return null;
        }
        if (!node.isObject() && !node.isBoolean()) {
            throw FieldReading.wrong("schema", "must be a JSON Schema (an object, true or false)", node);
        }
        return node;
    }
}
