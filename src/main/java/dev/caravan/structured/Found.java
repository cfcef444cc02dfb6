package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.SchemaViolation;
import java.util.List;

/**
 * What was found in an answer.
 *
 * @param data JSON that is valid against the schema; null when there is none
 * @param repaired whether its syntax was mended
 * @param errors why the best candidate is not valid, at most {@value #MAX_ERRORS}; empty when data is there
 */
public record Found(JsonNode data, boolean repaired, List<SchemaViolation> errors) {
    static final int MAX_ERRORS = 20;

    public Found {
        errors = List.copyOf(errors);
    }

    public boolean valid() {
        return data != null;
    }
}
