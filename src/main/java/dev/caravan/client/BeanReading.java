package dev.caravan.client;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BuilderBasedDeserializer;
import com.fasterxml.jackson.databind.deser.CreatorProperty;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedWithParams;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How Jackson would read a type, as far as a schema can say that; all else is refused, with the reason. */
final class BeanReading {
    private static final List<Class<? extends Annotation>> UNSAYABLE =
            List.of(JsonAnySetter.class, JsonBackReference.class, JsonManagedReference.class);
    private static final String JACKSON = "com.fasterxml.jackson.";

    private final DeserializationContext context;
    private final AnnotationIntrospector introspector;

    BeanReading(DeserializationContext context) {
        this.context = context;
        this.introspector = context.getAnnotationIntrospector();
    }

    /** What reads the type, one of Jackson's own. */
    JsonDeserializer<?> deserializer(JavaType type) throws JsonMappingException {
        String name = type.getRawClass().getName();
        boolean ofJava = name.startsWith("java.") || name.startsWith("javax.");
        if (Date.class.isAssignableFrom(type.getRawClass())) {
            throw new IllegalArgumentException(name + " counts old dates by another calendar; ask for an Instant");
        }
        if (ofJava && !type.isContainerType() && !type.isEnumType()) {
            throw new IllegalArgumentException(name + " has no schema here; ask for a String or a type of your own");
        }
        JsonDeserializer<Object> found = context.findContextualValueDeserializer(type, null);
        if (found instanceof AbstractDeserializer) {
            throw new IllegalArgumentException(name + " is abstract: without @JsonTypeInfo and @JsonSubTypes"
                    + " nobody knows what to read an answer as");
        }
        requireJackson(found, name);
        return found;
    }

    private static void requireJackson(JsonDeserializer<?> deserializer, String what) {
        if (!deserializer.getClass().getName().startsWith(JACKSON)) {
            throw new IllegalArgumentException(what + " is read by "
                    + deserializer.getClass().getName() + ", of which nobody knows what it takes");
        }
    }

    /** The same as one that reads objects by their properties. */
    BeanDeserializerBase bean(JavaType type, JsonDeserializer<?> deserializer) {
        String name = type.getRawClass().getName();
        if (deserializer.getClass() != BeanDeserializer.class
                && deserializer.getClass() != BuilderBasedDeserializer.class) {
            throw new IllegalArgumentException(name + " is not read from an object with properties");
        }
        BeanDeserializerBase bean = (BeanDeserializerBase) deserializer;
        ValueInstantiator creation = bean.getValueInstantiator();
        if (!creation.canCreateUsingDefault() && !creation.canCreateFromObjectWith()
                || creation.canCreateUsingDelegate()
                || creation.canCreateUsingArrayDelegate()) {
            throw new IllegalArgumentException(name + " has no constructor that Jackson could give the properties to:"
                    + " make it a record, a static class with a constructor without parameters, or annotate one with"
                    + " @JsonCreator");
        }
        if (bean.getObjectIdReader() != null) {
            throw new IllegalArgumentException(name + " has @JsonIdentityInfo, which no schema can say");
        }
        return bean;
    }

    BeanDescription description(JavaType type, BeanDeserializerBase bean) {
        DeserializationConfig config = context.getConfig();
        BeanDescription own = config.introspect(type);
        return bean instanceof BuilderBasedDeserializer
                ? config.introspectForBuilder(
                        context.constructType(bean.getValueInstantiator().getValueClass()), own)
                : own;
    }

    /** What it reads, in order. */
    List<SettableBeanProperty> properties(JavaType type, BeanDeserializerBase bean) throws JsonMappingException {
        String name = type.getRawClass().getName();
        BeanDescription description = description(type, bean);
        requireSayable(name, description.getClassInfo());
        List<String> known = new ArrayList<>();
        for (BeanPropertyDefinition definition : description.findProperties()) {
            known.add(definition.getName());
            AnnotatedMember member = definition.getPrimaryMember();
            if (member != null) {
                requireNoOtherForm(name + "." + definition.getName(), member);
            }
        }
        List<SettableBeanProperty> properties = new ArrayList<>();
        for (SettableBeanProperty property : (Iterable<SettableBeanProperty>) bean::properties) {
            if (!property.isIgnorable() && known.contains(property.getName())) {
                requirePlain(name + "." + property.getName(), property);
                properties.add(property);
            }
        }
        properties.sort(Comparator.comparingInt(BeanReading::parameter)
                .thenComparingInt(property -> known.indexOf(property.getName())));
        if (properties.isEmpty() && !type.isRecordType() && type.getRawClass().getDeclaredFields().length > 0) {
            throw new IllegalArgumentException(name + " has fields, none of which Jackson would read: they need"
                    + " setters, getters or a constructor");
        }
        return properties;
    }

    private static void requireSayable(String name, AnnotatedClass type) {
        List<Annotated> members = new ArrayList<>();
        type.fields().forEach(members::add);
        type.memberMethods().forEach(members::add);
        List<AnnotatedWithParams> creators = new ArrayList<>(type.getConstructors());
        creators.addAll(type.getFactoryMethods());
        if (type.getDefaultConstructor() != null) {
            creators.add(type.getDefaultConstructor());
        }
        for (AnnotatedWithParams creator : creators) {
            for (int i = 0; i < creator.getParameterCount(); i++) {
                members.add(creator.getParameter(i));
            }
        }
        for (Annotated member : members) {
            for (Class<? extends Annotation> unsayable : UNSAYABLE) {
                if (member.hasAnnotation(unsayable)) {
                    throw new IllegalArgumentException(
                            name + " has @" + unsayable.getSimpleName() + ", which no schema can say");
                }
            }
        }
    }

    /** Properties of a constructor come first, in its order. */
    private static int parameter(SettableBeanProperty property) {
        return property instanceof CreatorProperty ? property.getCreatorIndex() : Integer.MAX_VALUE;
    }

    private void requireNoOtherForm(String name, AnnotatedMember member) {
        if (introspector.findUnwrappingNameTransformer(member) != null) {
            throw new IllegalArgumentException(name + " is @JsonUnwrapped, which no schema can say");
        }
        DeserializationConfig config = context.getConfig();
        JavaType type = member.getType();
        boolean typed = type.isContainerType() || type.isReferenceType()
                ? introspector.findPropertyContentTypeResolver(config, member, type) != null
                : introspector.findPropertyTypeResolver(config, member, type) != null;
        if (typed) {
            throw new IllegalArgumentException(name + " has @JsonTypeInfo; it belongs on the type");
        }
    }

    /** Read as its type is everywhere else. */
    private void requirePlain(String name, SettableBeanProperty property) throws JsonMappingException {
        if (property.getInjectableValueId() != null) {
            throw new IllegalArgumentException(name + " has @JacksonInject, for which there is nothing to inject");
        }
        JsonFormat.Value format = introspector.findFormat(property.getMember());
        if (format != null && format.hasPattern()) {
            throw new IllegalArgumentException(name + " has a @JsonFormat with a pattern, which no schema can say");
        }
        JavaType type = property.getType();
        if (introspector.findKeyDeserializer(property.getMember()) != null) {
            throw new IllegalArgumentException(name + " has a reader of keys of its own");
        }
        requireSame(name, property.getValueDeserializer(), context.findContextualValueDeserializer(type, null));
    }

    private static void requireSame(String name, JsonDeserializer<?> here, JsonDeserializer<?> elsewhere) {
        requireJackson(here, name);
        boolean same = here.getClass() == elsewhere.getClass();
        if (same && here instanceof BeanDeserializerBase bean && elsewhere instanceof BeanDeserializerBase other) {
            same = names(bean).equals(names(other));
        }
        if (!same) {
            throw new IllegalArgumentException(
                    name + " is read in another way than its type, by an annotation of its own");
        }
        if (here instanceof ContainerDeserializerBase<?> some
                && elsewhere instanceof ContainerDeserializerBase<?> others
                && some.getContentDeserializer() != null
                && others.getContentDeserializer() != null) {
            requireSame(name, some.getContentDeserializer(), others.getContentDeserializer());
        }
    }

    private static Set<String> names(BeanDeserializerBase bean) {
        Set<String> names = new HashSet<>();
        bean.properties().forEachRemaining(property -> {
            if (!property.isIgnorable()) {
                names.add(property.getName());
            }
        });
        return names;
    }
}
