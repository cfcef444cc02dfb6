package dev.caravan.client;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import dev.caravan.runtime.Json;
import java.lang.annotation.Annotation;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The JSON Schema (draft 2020-12) of a Java type, of such a kind that what is valid by it can be read as the type. Properties
 * stand in the order of their declaration, which is the order in which a model writes them.
 */
final class TypeSchemas {
    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private final JsonMapper mapper;

    private TypeSchemas(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * @param mapper that reads the type
     * @throws IllegalArgumentException for a type that has no schema, with the reason
     */
    static JsonNode of(Type type, JsonMapper mapper) {
        ObjectNode schema = new TypeSchemas(mapper).generator().generateSchema(type);
        tidy(schema);
        return schema;
    }

    /** What may be null, in the form that providers hold an answer to, and its value first. */
    private static void tidy(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            List<String> types = new ArrayList<>();
            schema.path("type").forEach(type -> types.add(type.asText()));
            if (types.contains("array") || types.contains("object")) {
                ObjectNode value = schema.deepCopy();
                JsonNode description = value.remove("description");
                value.put("type", types.get(0));
                schema.removeAll();
                schema.putArray("anyOf").add(value).addObject().put("type", "null");
                if (description != null) {
                    schema.set("description", description);
                }
            } else if (schema.path("anyOf") instanceof ArrayNode branches
                    && branches.path(0).path("type").asText().equals("null")) {
                branches.add(branches.remove(0));
            }
        }
        node.forEach(TypeSchemas::tidy);
    }

    private SchemaGenerator generator() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .without(Option.SCHEMA_VERSION_INDICATOR, Option.VALUES_FROM_CONSTANT_FIELDS)
                .with(Option.INLINE_NULLABLE_SCHEMAS, Option.PLAIN_DEFINITION_KEYS);
        config.forTypesInGeneral()
                .withPropertySorter((one, other) -> 0)
                .withCustomDefinitionProvider(this::definition)
                // Void: none.
                .withAdditionalPropertiesResolver(scope -> isBean(scope.getType()) ? Void.class : null)
                .withArrayUniqueItemsResolver(scope -> scope.getType().isInstanceOf(Set.class) ? true : null);
        config.forFields().withNullableCheck(TypeSchemas::isOptional).withRequiredCheck(field -> !isOptional(field));
        config.with(new JacksonModule());
        return new SchemaGenerator(config.build());
    }

    private static boolean isBean(ResolvedType type) {
        Class<?> erased = type.getErasedType();
        return ScalarSchemas.of(erased) == null
                && erased != Object.class
                && !erased.isEnum()
                && !isContainer(erased)
                && !Map.class.isAssignableFrom(erased);
    }

    private static boolean isContainer(Class<?> type) {
        return type.isArray() || Collection.class.isAssignableFrom(type) || OPTIONALS.contains(type);
    }

    private static boolean isOptional(FieldScope field) {
        return OPTIONALS.contains(field.getDeclaredType().getErasedType())
                || Stream.concat(
                                Stream.of(field.getRawMember().getAnnotations()),
                                Stream.of(
                                        field.getRawMember().getAnnotatedType().getAnnotations()))
                        .map(Annotation::annotationType)
                        .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }

    /** What the generator shall not derive itself; null for all else. */
    private CustomDefinition definition(ResolvedType type, SchemaGenerationContext context) {
        Class<?> erased = type.getErasedType();
        ObjectNode definition = ScalarSchemas.of(erased);
        if (definition == null && erased.isEnum()) {
            definition = enumeration(erased);
        }
        if (definition == null && type.isInstanceOf(Map.class)) {
            definition = map(type, context);
        }
        if (definition != null) {
            return new CustomDefinition(definition, true);
        }
        refuse(erased);
        return null;
    }

    /** The constants as they are written in JSON. */
    private ObjectNode enumeration(Class<?> type) {
        ObjectNode definition = Json.object();
        ArrayNode names = Json.object().arrayNode();
        for (Object constant : type.getEnumConstants()) {
            names.add(mapper.<JsonNode>valueToTree(constant));
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no constants, so that no answer could be one");
        }
        for (JsonNode name : names) {
            if (!name.isTextual()) {
                throw new IllegalArgumentException(type.getName() + " is not written as text");
            }
        }
        definition.put("type", "string").set("enum", names);
        return definition;
    }

    private ObjectNode map(ResolvedType type, SchemaGenerationContext context) {
        ObjectNode definition = Json.object().put("type", "object");
        List<ResolvedType> parameters = type.typeParametersFor(Map.class);
        if (parameters == null || parameters.size() != 2) {
            return definition.put("additionalProperties", true);
        }
        Class<?> key = parameters.get(0).getErasedType();
        ObjectNode names = key.isEnum() ? enumeration(key) : ScalarSchemas.ofKey(key);
        if (names == null) {
            throw new IllegalArgumentException("The keys of a map must be strings, whole numbers, enums, UUIDs or"
                    + " dates, not " + key.getName());
        }
        if (names.size() > 1) {
            definition.set("propertyNames", names);
        }
        definition.set("additionalProperties", context.createDefinitionReference(parameters.get(1)));
        return definition;
    }

    /** Of these the generator would describe the inside, which nobody can read. */
    private static void refuse(Class<?> type) {
        if (isContainer(type) || type == Object.class) {
            return;
        }
        if (type.getName().startsWith("java.") || type.getName().startsWith("javax.")) {
            throw new IllegalArgumentException(
                    type.getName() + " has no schema here; ask for a String or a type of your own");
        }
        if (Modifier.isAbstract(type.getModifiers()) && !type.isAnnotationPresent(JsonTypeInfo.class)) {
            throw new IllegalArgumentException(type.getName() + " is abstract: without @JsonTypeInfo and @JsonSubTypes"
                    + " nobody knows what to read an answer as");
        }
    }
}
