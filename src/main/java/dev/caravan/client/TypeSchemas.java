package dev.caravan.client;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.ResolvedRecursiveType;
import dev.caravan.runtime.Json;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The JSON Schema (draft 2020-12) of a Java type, made of what Jackson itself has built to read the type: its properties, its
 * constructors, its subtypes. Properties stand in the order of their declaration, which is the order in which a model
 * writes them.
 */
final class TypeSchemas {
    private final JsonMapper mapper;
    private final DeserializationContext context;
    private final BeanReading reading;
    private final Subtypes subtypes;
    private final Definitions definitions = new Definitions();

    private TypeSchemas(JsonMapper mapper) {
        this.mapper = mapper;
        this.context = ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
        this.reading = new BeanReading(context);
        this.subtypes = new Subtypes(context, mapper.getSubtypeResolver());
    }

    /** What tells the subtype of an object, in the object itself. */
    record Tag(String property, String id) {}

    private record Key(JavaType type, Tag tag) {}

    /**
     * @param mapper that reads the type
     * @throws IllegalArgumentException for a type that has no schema, with the reason
     */
    static JsonNode of(Type type, JsonMapper mapper) {
        if (type == void.class || type == Void.class) {
            throw new IllegalArgumentException("void is no type of an answer: there would be nothing to ask for");
        }
        JavaType known = mapper.constructType(type);
        try {
            TypeSchemas schemas = new TypeSchemas(mapper);
            return schemas.definitions.close(schemas.schema(known));
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(known.getRawClass().getName() + ": " + plain(e.getOriginalMessage()), e);
        } catch (IllegalArgumentException e) {
            if (plain(e.getMessage()).equals(e.getMessage())) {
                throw e;
            }
            throw new IllegalArgumentException(known.getRawClass().getName() + ": " + plain(e.getMessage()), e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(known.getRawClass().getName() + " is nested without an end", e);
        }
    }

    /** Without the place in a text, as there is none. */
    private static String plain(String message) {
        return String.valueOf(message).replaceAll("\\s*\\bat \\[Source:[^\\]]*\\]", "");
    }

    private ObjectNode schema(JavaType given) throws JsonMappingException {
        JavaType type = given instanceof ResolvedRecursiveType itself ? itself.getSelfReferencedType() : given;
        if (type != given && type.isContainerType()) {
            throw new IllegalArgumentException(
                    type.getRawClass().getName() + " is a list or map of itself, which Jackson does not read");
        }
        Class<?> raw = type.getRawClass();
        ObjectNode scalar = ScalarSchemas.of(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw == Object.class) {
            return Json.object();
        }
        if (raw == Optional.class) {
            return optional(type.getContentType());
        }
        TypeDeserializer handler = subtypes.handler(type);
        if (handler != null) {
            return polymorphic(type, handler);
        }
        JsonDeserializer<?> deserializer = reading.deserializer(type);
        if (raw.isEnum()) {
            return enumeration(raw);
        }
        if (type.isContainerType()) {
            Containers.requireFillable(type, deserializer, mapper);
            return container(type);
        }
        BeanDeserializerBase bean = reading.bean(type, deserializer);
        return definitions.reference(new Key(type, null), title(type), () -> object(type, bean, null));
    }

    private static String title(JavaType type) {
        StringBuilder title = new StringBuilder(type.getRawClass().getSimpleName());
        for (int i = 0; i < type.containedTypeCount(); i++) {
            title.append('_').append(title(type.containedType(i)));
        }
        return title.toString();
    }

    private ObjectNode optional(JavaType content) throws JsonMappingException {
        if (content.isReferenceType() || ScalarSchemas.isOptional(content.getRawClass())) {
            throw new IllegalArgumentException("An Optional of an Optional: nobody could tell null from empty");
        }
        return Nullability.orNull(schema(content));
    }

    private ObjectNode container(JavaType type) throws JsonMappingException {
        if (type.isMapLikeType()) {
            return map(type);
        }
        ObjectNode definition = Json.object().put("type", "array");
        definition.set("items", schema(type.getContentType()));
        return type.isTypeOrSubTypeOf(Set.class) ? definition.put("uniqueItems", true) : definition;
    }

    private ObjectNode map(JavaType type) throws JsonMappingException {
        Class<?> key = type.getKeyType().getRawClass();
        ObjectNode names = key.isEnum() ? enumeration(key) : ScalarSchemas.ofKey(key);
        if (names == null || !type.isTypeOrSubTypeOf(Map.class)) {
            throw new IllegalArgumentException("The keys of a map must be strings, whole numbers, enums, UUIDs or"
                    + " dates, not " + key.getName());
        }
        ObjectNode definition = Json.object().put("type", "object");
        if (names.size() > 1) {
            definition.set("propertyNames", names);
        }
        ObjectNode values = schema(type.getContentType());
        if (values.isEmpty()) {
            return definition.put("additionalProperties", true);
        }
        definition.set("additionalProperties", values);
        return definition;
    }

    /** The constants as they are written in JSON. */
    private ObjectNode enumeration(Class<?> type) {
        ArrayNode names = Json.object().arrayNode();
        for (Object constant : type.getEnumConstants()) {
            JsonNode name = mapper.valueToTree(constant);
            if (!name.isTextual()) {
                throw new IllegalArgumentException(type.getName() + " is not written as text");
            }
            if (mapper.convertValue(name, type) != constant) {
                throw new IllegalArgumentException(
                        type.getName() + " writes " + constant + " as " + name + ", and reads that as another");
            }
            names.add(name);
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no constants, so that no answer could be one");
        }
        ObjectNode definition = Json.object().put("type", "string");
        definition.set("enum", names);
        return definition;
    }

    private ObjectNode polymorphic(JavaType type, TypeDeserializer handler) throws JsonMappingException {
        Map<String, JavaType> branches = subtypes.of(type, handler);
        if (branches.size() == 1) {
            Map.Entry<String, JavaType> only = branches.entrySet().iterator().next();
            return tagged(handler, only.getKey(), only.getValue());
        }
        return definitions.reference(new Key(type, null), title(type), () -> {
            ObjectNode union = Json.object();
            ArrayNode anyOf = union.putArray("anyOf");
            for (Map.Entry<String, JavaType> branch : branches.entrySet()) {
                anyOf.add(tagged(handler, branch.getKey(), branch.getValue()));
            }
            return union;
        });
    }

    private ObjectNode tagged(TypeDeserializer handler, String id, JavaType type) throws JsonMappingException {
        BeanDeserializerBase bean = reading.bean(type, reading.deserializer(type));
        Tag tag = new Tag(handler.getPropertyName(), id);
        return definitions.reference(new Key(type, tag), title(type), () -> object(type, bean, tag));
    }

    private ObjectNode object(JavaType type, BeanDeserializerBase bean, Tag tag) throws JsonMappingException {
        ObjectNode definition = Json.object().put("type", "object");
        BeanDescription description = reading.description(type, bean);
        String described = context.getAnnotationIntrospector().findClassDescription(description.getClassInfo());
        if (described != null) {
            definition.put("description", described);
        }
        ObjectNode properties = Json.object();
        ArrayNode required = properties.arrayNode();
        if (tag != null) {
            properties.putObject(tag.property()).put("type", "string").put("const", tag.id());
            required.add(tag.property());
        }
        for (SettableBeanProperty property : reading.properties(type, bean)) {
            String name = property.getName();
            if (tag != null && name.equals(tag.property())) {
                subtypes.requireVisible(type, name);
                continue;
            }
            properties.set(name, property(property));
            if (!Nullability.mayBeAbsent(property)) {
                required.add(name);
            }
        }
        setUnlessEmpty(definition, "properties", properties);
        setUnlessEmpty(definition, "required", required);
        return definition.put("additionalProperties", false);
    }

    private static void setUnlessEmpty(ObjectNode definition, String name, JsonNode value) {
        if (!value.isEmpty()) {
            definition.set(name, value);
        }
    }

    private ObjectNode property(SettableBeanProperty property) throws JsonMappingException {
        ObjectNode schema = schema(property.getType());
        if (Nullability.mayBeAbsent(property)) {
            schema = Nullability.orNull(schema);
        }
        String described = context.getAnnotationIntrospector().findPropertyDescription(property.getMember());
        return described == null ? schema : schema.put("description", described);
    }
}
