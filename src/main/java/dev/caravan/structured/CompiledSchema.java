package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import java.io.IOException;
import java.util.List;

/** A schema that is ready to check data. Thread-safe. */
public final class CompiledSchema {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            b -> b.schemaLoaders(s -> s.values(loaders -> {
                loaders.clear();
                loaders.add(iri -> {
                    String address = iri.toString();
                    if (address.startsWith("classpath:")
                            || address.startsWith("https://json-schema.org/")
                            || address.startsWith("http://json-schema.org/")) {
                        return null;
                    }
                    return () -> {
                        throw new IOException("remote reference");
                    };
                });
            })));
    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder()
            .formatAssertionsEnabled(true)
            .pathType(PathType.JSON_POINTER)
            .build();

    private final JsonNode source;
    private final JsonSchema schema;

    private CompiledSchema(JsonNode source, JsonSchema schema) {
        this.source = source;
        this.schema = schema;
    }

    static CompiledSchema compile(JsonNode source) {
        if (!source.isObject() && !source.isBoolean()) {
            throw LlmException.invalid("schema: must be an object");
        }
        try {
            return new CompiledSchema(source, FACTORY.getSchema(source, CONFIG));
        } catch (JsonSchemaException | IllegalArgumentException e) {
            throw LlmException.invalid("schema: it is not valid, or refers to another place");
        }
    }

    /** The schema as it was given; never changed. */
    public JsonNode source() {
        return source;
    }

    /** Why the data is not valid, at most {@value Found#MAX_ERRORS} reasons; empty when it is. */
    public List<SchemaViolation> check(JsonNode data) {
        return schema.validate(data).stream()
                .limit(Found.MAX_ERRORS)
                .map(CompiledSchema::violation)
                .toList();
    }

    private static SchemaViolation violation(ValidationMessage message) {
        return new SchemaViolation(
                message.getInstanceLocation().toString(), message.getType(), String.valueOf(message.getMessage()));
    }
}
