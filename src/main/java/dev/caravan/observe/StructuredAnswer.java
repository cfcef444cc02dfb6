package dev.caravan.observe;

import dev.caravan.chat.Validation;
import java.util.Locale;

/**
 * One answer of a model that was to be valid against a schema.
 *
 * @param mode how the model was made to answer in JSON
 * @param result what it was worth
 */
public record StructuredAnswer(Validation.Mode mode, Result result) {

    /** What an answer was worth. */
    public enum Result {
        /** Valid as it stood, or as it was found in prose. */
        VALID,
        /** Valid after its syntax was mended. */
        REPAIRED,
        /** Not valid, or refused. */
        INVALID,
        /** Cut off by max tokens. */
        TRUNCATED;

        /** The lower-case word used as a label. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
