package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the answer must be valid against. Exactly one of schema and name is given once a door or the trunk has checked
 * it.
 *
 * @param schema a JSON Schema; null when given by name
 * @param schemaName name of a schema file, without {@code .schema.json}; null when given in full
 * @param maxRepairs times that an invalid answer is sent back to the model, 0 to 5; null for the default, 2
 */
public record Structured(JsonNode schema, String schemaName, Integer maxRepairs) {
    public static final int MAX_REPAIRS = 5;
    public static final int DEFAULT_REPAIRS = 2;

    public static Structured schema(JsonNode schema) {
        return new Structured(schema, null, null);
    }

    public static Structured named(String schemaName) {
        return new Structured(null, schemaName, null);
    }

    /** The number that counts. */
    public int repairs() {
        return maxRepairs == null ? DEFAULT_REPAIRS : maxRepairs;
    }
}
