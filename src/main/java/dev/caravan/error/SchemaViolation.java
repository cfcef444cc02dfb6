package dev.caravan.error;

import java.io.Serializable;
import java.util.Objects;

/**
 * One reason why an answer is not valid.
 *
 * @param path JSON Pointer into the answer, {@code ""} for its root
 * @param keyword the schema's keyword, such as {@code required}; {@code json} when the answer is no JSON at all
 * @param message in words
 */
public record SchemaViolation(String path, String keyword, String message) implements Serializable {
    public SchemaViolation {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(keyword, "keyword");
        Objects.requireNonNull(message, "message");
    }
}
