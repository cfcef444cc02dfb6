package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

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

    /** What a schema's name must be, in words. */
    public static final String NAME_RULE = "1 to 64 letters, digits, dots, underscores and dashes";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");

    public static Structured schema(JsonNode schema) {
        return new Structured(schema, null, null);
    }

    public static Structured named(String schemaName) {
        return new Structured(null, schemaName, null);
    }

    /** Whether a schema can have this name; null is none. */
    public static boolean isName(String name) {
        return name != null && NAME.matcher(name).matches();
    }

    /** The number that counts. */
    public int repairs() {
        return maxRepairs == null ? DEFAULT_REPAIRS : maxRepairs;
    }
}
