package dev.caravan.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.caravan.chat.LlmReply;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.List;

/** A Java type as an answer: its schema, and the reading of data that is valid by it. Thread-safe. */
final class JavaAnswer<T> {
    /** Kept by the class itself, so that a class loader that nobody else uses can go. */
    private static final ClassValue<JavaAnswer<?>> OF_CLASSES = new ClassValue<>() {
        @Override
        protected JavaAnswer<?> computeValue(Class<?> type) {
            return new JavaAnswer<>(type);
        }
    };

    private static final int TYPES = 200;

    private final JsonNode schema;
    private final ObjectReader reader;
    private final JavaType type;

    private JavaAnswer(Type javaType) {
        JsonMapper mapper = mapper();
        this.type = mapper.constructType(javaType);
        this.schema = TypeSchemas.of(javaType, mapper);
        this.reader = mapper.readerFor(type);
    }

    /** @throws IllegalArgumentException for a type that has no schema, with the reason */
    @SuppressWarnings("unchecked")
    static <T> JavaAnswer<T> of(Type type) {
        return type instanceof Class<?> known ? (JavaAnswer<T>) OF_CLASSES.get(known) : new JavaAnswer<>(type);
    }

    /** One for each type: a mapper, and the factory of types in it, keep what they have seen. */
    static JsonMapper mapper() {
        LookupCache<Object, JavaType> types = new LRUMap<>(16, TYPES);
        return Json.mapper()
                .rebuild()
                .typeFactory(TypeFactory.defaultInstance().withCache(types))
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    JsonNode schema() {
        return schema;
    }

    /** @throws LlmException structured_output_invalid when the data, valid as it is, is no value of the type */
    T read(LlmReply reply) {
        try {
            return reader.readValue(reply.data());
        } catch (JsonMappingException e) {
            throw unread(reply, pointer(e.getPath()), e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw unread(reply, "", e.getMessage(), e);
        }
    }

    private LlmException unread(LlmReply reply, String path, String why, IOException cause) {
        String name = type.getRawClass().getSimpleName();
        return LlmException.builder(
                        ErrorKind.STRUCTURED_OUTPUT_INVALID,
                        "The answer is valid by the schema of " + name + ", but cannot be read as one"
                                + (path.isEmpty() ? "" : " (at " + path + ")") + ": " + why)
                .errors(List.of(new SchemaViolation(path, "type", String.valueOf(why))))
                .raw(reply.data().toString())
                .usage(reply.usage())
                .attempts(reply.attempts())
                .cause(cause)
                .build();
    }

    /** Where in the data, as a JSON Pointer. */
    private static String pointer(List<JsonMappingException.Reference> path) {
        StringBuilder pointer = new StringBuilder();
        for (JsonMappingException.Reference step : path) {
            String name = step.getFieldName();
            pointer.append('/')
                    .append(
                            name == null
                                    ? String.valueOf(step.getIndex())
                                    : name.replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
