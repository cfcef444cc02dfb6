package dev.caravan.config;

import java.util.Map;
import java.util.Optional;

/** What was given, as typed values, with the defaults of {@link Keys} for what was not. */
final class Values {
    private final Map<Key<?>, Given> given;

    Values(Map<Key<?>, Given> given) {
        this.given = given;
    }

    /** Empty when neither a value nor a default is there, or when the value breaks its rule. */
    <T> Optional<T> find(Key<T> key) {
        Given value = given.get(key);
        String text = value == null ? key.defaultText() : value.text();
        return text.isEmpty() ? Optional.empty() : key.rule().parse(text);
    }

    boolean given(Key<?> key) {
        return given.containsKey(key);
    }

    /** For a checked key that has a default. */
    <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new IllegalStateException(key + " was not checked"));
    }
}
