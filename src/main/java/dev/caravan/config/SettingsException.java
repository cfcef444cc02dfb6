package dev.caravan.config;

import java.util.List;

/**
 * The settings are wrong. The message has one line per problem, each safe to show: {@code key = value: rule}, with
 * {@code ***} for the value of a secret.
 */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public SettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Every problem that was found, one line each. */
    public List<String> problems() {
        return problems;
    }
}
