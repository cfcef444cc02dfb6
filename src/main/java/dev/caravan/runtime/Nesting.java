package dev.caravan.runtime;

import java.nio.file.Path;
import java.util.Map;

/** How deep a tree of objects is: Maps, lists, arrays and Jackson trees. One that contains itself never ends. */
public final class Nesting {
    private Nesting() {}

    /** Whether the value has no more levels than these; null and a scalar have one. */
    public static boolean isWithin(Object value, int levels) {
        if (levels <= 0) {
            return false;
        }
        if (value instanceof Map<?, ?> map) {
            return all(map.values(), levels - 1);
        }
        if (value instanceof Object[] array) {
            for (Object inner : array) {
                if (!isWithin(inner, levels - 1)) {
                    return false;
                }
            }
            return true;
        }
        // A path is a sequence of paths, and its own only element when it is short.
        return !(value instanceof Iterable<?> list) || value instanceof Path || all(list, levels - 1);
    }

    private static boolean all(Iterable<?> values, int levels) {
        for (Object inner : values) {
            if (!isWithin(inner, levels)) {
                return false;
            }
        }
        return true;
    }
}
