package dev.caravan.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.error.SchemaViolation;
import java.util.List;

/** Finds the JSON in a model's answer that is valid against a schema. */
public final class AnswerReader {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private AnswerReader() {}

    /** @param truncated whether the answer was cut off: then nothing is mended */
    public static Found read(String text, CompiledSchema schema, boolean truncated) {
        try {
            JsonNode data = MAPPER.readTree(text);
            if (!data.isMissingNode()) {
                return read(data, schema);
            }
        } catch (JsonProcessingException e) {
            return nothing(e.getOriginalMessage());
        }
        return nothing("The answer is empty.");
    }

    /** @param data JSON that needs no finding, such as a tool call's input */
    public static Found read(JsonNode data, CompiledSchema schema) {
        List<SchemaViolation> errors = schema.check(data);
        return errors.isEmpty() ? new Found(data, false, List.of()) : new Found(null, false, errors);
    }

    private static Found nothing(String why) {
        return new Found(null, false, List.of(new SchemaViolation("", "json", why)));
    }
}
