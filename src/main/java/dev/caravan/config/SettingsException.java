package dev.caravan.config;

import java.util.List;

/**
 * The settings are wrong. The message has one line per problem, each safe to show: {@code key = value: rule}, with
 * {@code ***} for the value of a secret.
 */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;
    private final List<String> warnings;

    public SettingsException(List<String> problems) {
        this(problems, List.of());
    }

    SettingsException(List<String> problems, List<String> warnings) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /** Every problem that was found, one line each. */
    public List<String> problems() {
        return problems;
    }

    /** What is not wrong but may be a slip: an unknown variable may be the cause of a problem. One line each. */
    public List<String> warnings() {
        return warnings;
    }
}
