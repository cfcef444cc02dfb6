package dev.caravan.client;

import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Which properties may be absent or null, and how a schema says so. */
final class Nullability {
    private Nullability() {}

    /** An Optional, or one that any annotation named Nullable is on, or on its type. */
    static boolean mayBeAbsent(SettableBeanProperty property) {
        Class<?> type = property.getType().getRawClass();
        AnnotatedMember member = property.getMember();
        return type == Optional.class
                || ScalarSchemas.isOptional(type)
                || Stream.concat(
                                StreamSupport.stream(
                                        member.getAllAnnotations().annotations().spliterator(), false),
                                Stream.of(annotatedType(member).getAnnotations()))
                        .map(Annotation::annotationType)
                        .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }

    private static AnnotatedType annotatedType(AnnotatedMember member) {
        if (member instanceof AnnotatedParameter parameter) {
            return ((java.lang.reflect.Executable) parameter.getOwner().getAnnotated())
                    .getAnnotatedParameterTypes()[parameter.getIndex()];
        }
        Member raw = member.getMember();
        if (raw instanceof Field field) {
            return field.getAnnotatedType();
        }
        Method method = (Method) raw;
        return method.getParameterCount() == 1
                ? method.getAnnotatedParameterTypes()[0]
                : method.getAnnotatedReturnType();
    }

    /** The same schema with null, in the form that providers hold an answer to, and the value first. */
    static ObjectNode orNull(ObjectNode schema) {
        String type = schema.path("type").asText();
        if (schema.isEmpty() || schema.path("type").isArray() || endsWithNull(schema)) {
            return schema;
        }
        if (type.isEmpty() || type.equals("object") || type.equals("array") || schema.has("enum")) {
            ObjectNode either = Json.object();
            either.putArray("anyOf").add(schema).addObject().put("type", "null");
            return either;
        }
        schema.putArray("type").add(type).add("null");
        return schema;
    }

    private static boolean endsWithNull(ObjectNode schema) {
        int branches = schema.path("anyOf").size();
        return branches > 0
                && schema.path("anyOf").path(branches - 1).path("type").asText().equals("null");
    }
}
