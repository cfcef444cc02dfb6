package dev.caravan.client;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.SubtypeResolver;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Types of which an object says itself which subtype it is. */
final class Subtypes {
    private static final Set<JsonTypeInfo.Id> BY_NAME = Set.of(JsonTypeInfo.Id.NAME, JsonTypeInfo.Id.SIMPLE_NAME);
    private static final Set<JsonTypeInfo.As> INSIDE =
            Set.of(JsonTypeInfo.As.PROPERTY, JsonTypeInfo.As.EXISTING_PROPERTY);

    private final DeserializationContext context;
    private final DeserializationConfig config;
    private final SubtypeResolver resolver;

    Subtypes(DeserializationContext context, SubtypeResolver resolver) {
        this.context = context;
        this.config = context.getConfig();
        this.resolver = resolver;
    }

    /** What tells the subtype, or null when the type is always itself. */
    TypeDeserializer handler(JavaType type) throws JsonMappingException {
        TypeDeserializer given = type.getTypeHandler();
        return given != null ? given : context.getFactory().findTypeDeserializer(config, type);
    }

    /** The subtypes by the names that Jackson knows them by, at least one. */
    Map<String, JavaType> of(JavaType type, TypeDeserializer handler) throws JsonMappingException {
        TypeIdResolver ids = handler.getTypeIdResolver();
        String name = type.getRawClass().getName();
        if (!BY_NAME.contains(ids.getMechanism()) || !INSIDE.contains(handler.getTypeInclusion())) {
            throw new IllegalArgumentException(
                    name + ": the subtype must be told by a name in a property: @JsonTypeInfo(use = NAME, property ="
                            + " \"…\")");
        }
        requireOneOfEachName(type, ids);
        Map<String, JavaType> found = new LinkedHashMap<>();
        for (NamedType named : resolver.collectAndResolveSubtypesByTypeId(config, info(type))) {
            String id = named.hasName() ? named.getName() : ids.idFromValueAndType(null, named.getType());
            JavaType known = known(ids, id);
            if (known != null && !known.isAbstract() && type.getRawClass().isAssignableFrom(known.getRawClass())) {
                found.put(id, context.constructSpecializedType(type, known.getRawClass()));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " is abstract, and no @JsonSubTypes says what an answer may be read as");
        }
        requireKnownDefault(name, handler.getDefaultImpl(), found);
        return found;
    }

    private void requireOneOfEachName(JavaType type, TypeIdResolver ids) {
        Map<String, Class<?>> types = new HashMap<>();
        for (NamedType named : resolver.collectAndResolveSubtypesByClass(config, info(type))) {
            String id = named.hasName() ? named.getName() : ids.idFromValueAndType(null, named.getType());
            if (Modifier.isAbstract(named.getType().getModifiers())) {
                continue;
            }
            Class<?> other = types.put(id, named.getType());
            if (other != null && other != named.getType()) {
                throw new IllegalArgumentException(
                        type.getRawClass().getName() + " has two subtypes of the name \"" + id + "\"");
            }
        }
    }

    /** Void says that there is none. */
    private static void requireKnownDefault(String name, Class<?> byDefault, Map<String, JavaType> found) {
        if (byDefault == null || byDefault == Void.class) {
            return;
        }
        if (found.values().stream().noneMatch(known -> known.getRawClass() == byDefault)) {
            throw new IllegalArgumentException(
                    name + " has the defaultImpl " + byDefault.getName() + ", which is not among its @JsonSubTypes");
        }
    }

    private JavaType known(TypeIdResolver ids, String id) throws JsonMappingException {
        try {
            return ids.typeFromId(context, id);
        } catch (JsonMappingException e) {
            throw e;
        } catch (IOException e) {
            throw JsonMappingException.fromUnexpectedIOE(e);
        }
    }

    private AnnotatedClass info(JavaType type) {
        return config.introspectClassAnnotations(type).getClassInfo();
    }

    /** A property that tells the subtype is one of the value's own only when it is said to be. */
    void requireVisible(JavaType type, String property) {
        JsonTypeInfo.Value info = context.getAnnotationIntrospector().findPolymorphicTypeInfo(config, info(type));
        if (info == null || !info.getIdVisible()) {
            throw new IllegalArgumentException(type.getRawClass().getName() + "." + property
                    + " is the name of the subtype, which @JsonTypeInfo keeps from it without visible = true");
        }
    }
}
