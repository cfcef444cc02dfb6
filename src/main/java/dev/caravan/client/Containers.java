package dev.caravan.client;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.SynchronousQueue;

/** Lists and maps that Jackson would take, and then could not fill, are refused. */
final class Containers {
    private Containers() {}

    /** @throws IllegalArgumentException with the reason */
    static void requireFillable(JavaType type, JsonDeserializer<?> deserializer, JsonMapper mapper) {
        String name = type.getRawClass().getName();
        if (deserializer instanceof BeanDeserializerBase) {
            throw new IllegalArgumentException(
                    name + " is a list or map that is read as an object with properties, which no schema can say");
        }
        if (type.isTypeOrSubTypeOf(SynchronousQueue.class)) {
            throw new IllegalArgumentException(name + " holds no elements; ask for a List");
        }
        if (sorts(type) && !type.getContentType().isTypeOrSubTypeOf(Comparable.class)) {
            throw new IllegalArgumentException(name + " sorts its elements, and "
                    + type.getContentType().getRawClass().getName() + " is not Comparable; ask for a List");
        }
        try {
            mapper.readerFor(type).readValue(type.isMapLikeType() ? "{}" : "[]");
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    name + " is a list or map that Jackson cannot build; ask for a List, Set or Map", e);
        }
    }

    private static boolean sorts(JavaType type) {
        return type.isTypeOrSubTypeOf(SortedSet.class)
                || type.isTypeOrSubTypeOf(PriorityQueue.class)
                || type.isTypeOrSubTypeOf(PriorityBlockingQueue.class);
    }
}
