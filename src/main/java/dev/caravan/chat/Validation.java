package dev.caravan.chat;

import java.util.Locale;
import java.util.Objects;

/**
 * How a structured answer came to be valid.
 *
 * @param mode how the model was made to answer in JSON
 * @param attempts answers that the model gave, at least 1
 * @param repaired whether the syntax of the answer that was taken was mended
 */
public record Validation(Mode mode, int attempts, boolean repaired) {

    /** How the model was made to answer in JSON. */
    public enum Mode {
        /** By the provider's own parameter for a schema. */
        NATIVE,
        /** By a tool that the model must call. */
        TOOL,
        /** By words in the prompt. */
        PROMPT;

        /** The lower-case word used in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Validation {
        Objects.requireNonNull(mode, "mode");
    }
}
