package dev.caravan.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Structured;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a structured answer shall be: a Java type, whose schema is derived, or JSON by a schema. Immutable and thread-safe;
 * worth keeping in a constant when it is of a {@link TypeReference}, whose schema is derived once for each instance (a
 * class's is derived once for the class).
 *
 * <p>The schema asks for exactly the properties that Jackson reads: the components of a record, the parameters of a
 * {@code @JsonCreator}, the setters, fields and builder methods of a class. Each is required, but an {@code Optional} one or
 * one that is annotated {@code @Nullable}. Enums go by their JSON names; {@code @JsonProperty},
 * {@code @JsonPropertyDescription}, {@code @JsonClassDescription} and {@code @JsonIgnore} count. There may be records,
 * classes, lists, sets, maps, arrays, enums, strings, numbers, {@code java.time} types (not {@code ZoneId}), {@code UUID},
 * {@code URI}, {@code byte[]} (Base64), {@code JsonNode} and {@code Object}. An interface or abstract class needs
 * {@code @JsonTypeInfo(use = NAME, property = …)} and {@code @JsonSubTypes}. A type may contain itself where a value can
 * end: in an {@code Optional}, a list, or another subtype.
 *
 * <p>Refused are types that Jackson cannot build (inner, local and anonymous classes, no usable constructor) and what a
 * schema cannot say: deserializers of one's own, {@code @JsonUnwrapped}, {@code @JsonFormat} with a pattern,
 * {@code @JsonIdentityInfo}, {@code @JsonAnySetter}, managed and back references, {@code @JsonTypeInfo} on a property, an
 * {@code Optional} of an {@code Optional}; and collections that cannot be filled, and {@code java.util.Date}.
 *
 * @param <T> of the value
 */
public final class AnswerType<T> {
    private final JsonNode schema;
    private final String schemaName;
    private final Function<LlmReply, T> reading;

    private AnswerType(JsonNode schema, String schemaName, Function<LlmReply, T> reading) {
        this.schema = schema;
        this.schemaName = schemaName;
        this.reading = reading;
    }

    /** @throws IllegalArgumentException for a type that has no schema, with the reason */
    public static <T> AnswerType<T> of(Class<T> type) {
        return of(JavaAnswer.<T>of(Objects.requireNonNull(type, "type")));
    }

    /**
     * A type with parameters: {@code AnswerType.of(new TypeReference<List<Line>>() {})}.
     *
     * @throws IllegalArgumentException for a type that has no schema, with the reason
     */
    public static <T> AnswerType<T> of(TypeReference<T> type) {
        return of(JavaAnswer.<T>of(Objects.requireNonNull(type, "type").getType()));
    }

    private static <T> AnswerType<T> of(JavaAnswer<T> type) {
        return new AnswerType<>(type.schema(), null, type::read);
    }

    /** JSON by a schema given in full, of draft 4 to 2020-12; docs/structured.md of the project has the rules. */
    public static AnswerType<JsonNode> schema(JsonNode schema) {
        return new AnswerType<>(Objects.requireNonNull(schema, "schema"), null, LlmReply::data);
    }

    /**
     * The same, given as JSON text.
     *
     * @throws LlmException invalid_request when it is no JSON
     */
    public static AnswerType<JsonNode> schema(String json) {
        Objects.requireNonNull(json, "schema");
        try {
            return schema(Json.read(json.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            throw LlmException.invalid("schema: must be a JSON Schema, and is no JSON, or more than one value.");
        }
    }

    /** JSON by the schema of a file {@code NAME.schema.json} in {@code caravan.schemas.dir}, or a shipped one. */
    public static AnswerType<JsonNode> named(String schemaName) {
        return new AnswerType<>(null, Objects.requireNonNull(schemaName, "schemaName"), LlmReply::data);
    }

    /** The schema that answers are held to, a copy; null when it goes by name. */
    public JsonNode schema() {
        return schema == null ? null : schema.deepCopy();
    }

    Structured structured(Integer maxRepairs) {
        return new Structured(schema, schemaName, maxRepairs);
    }

    /** @throws LlmException structured_output_invalid when the data, valid as it is, is no value of the type */
    T read(LlmReply reply) {
        return reading.apply(reply);
    }
}
