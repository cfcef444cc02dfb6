package dev.caravan.config;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The AWS_* variables (and HTTPS_PROXY, NO_PROXY) of the environment and {@code .env}; values never print. */
public final class AwsEnvironment {
    private final Map<String, String> values;

    public AwsEnvironment(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    /** The value of a variable, empty when it is absent or empty. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    @Override
    public String toString() {
        return "AwsEnvironment" + values.keySet();
    }
}
