package dev.caravan.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting.
 *
 * @param name the key, {@code caravan.…}
 * @param env its environment variable
 * @param elseEnv a variable of others that counts when the key has no value at all; empty for none
 * @param defaultText the default as it is written in a file; empty when it is "none" or computed at start
 * @param rule what a value must look like
 * @param meaning one line
 * @param secret whether its value must never be shown
 * @param available false for a key whose only value in this version is its default
 */
record Key<T>(
        String name,
        String env,
        Optional<String> elseEnv,
        String defaultText,
        ValueRule<T> rule,
        String meaning,
        boolean secret,
        boolean available) {
    static final String PREFIX = "caravan.";
    static final String ENV_PREFIX = "CARAVAN_";

    static <T> Key<T> of(String rest, String defaultText, ValueRule<T> rule, String meaning) {
        String name = PREFIX + rest;
        return new Key<>(name, envOf(name), Optional.empty(), defaultText, rule, meaning, false, true);
    }

    /** The variable of a key that has no name of its own: capitals, dots and hyphens as {@code _}. */
    static String envOf(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    Key<T> env(String newEnv) {
        return new Key<>(name, newEnv, elseEnv, defaultText, rule, meaning, secret, available);
    }

    Key<T> elseEnv(String other) {
        return new Key<>(name, env, Optional.of(other), defaultText, rule, meaning, secret, available);
    }

    Key<T> asSecret() {
        return new Key<>(name, env, elseEnv, defaultText, rule, meaning, true, available);
    }

    Key<T> notYet() {
        return new Key<>(name, env, elseEnv, defaultText, rule, meaning, secret, false);
    }

    /** Whether the text says the same as the default, as {@code 60s} and {@code 1m} do. */
    boolean isDefault(String text) {
        return text.isEmpty() || (!defaultText.isEmpty() && rule.parse(text).equals(rule.parse(defaultText)));
    }

    @Override
    public String toString() {
        return name;
    }
}
