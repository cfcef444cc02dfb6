package dev.caravan.emulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A path {@code /model/{modelId}/{operation}}.
 *
 * @param modelId decoded; an ARN may have been sent with its slash as it is
 * @param operation what to do
 */
record ModelPath(String modelId, Operation operation) {
    private static final String PREFIX = "/model/";

    /** Reads the path as it was sent: decoding it first would lose where an id with a slash ends. */
    static Optional<ModelPath> parse(String rawPath) {
        int last = rawPath.lastIndexOf('/');
        if (!rawPath.startsWith(PREFIX) || last <= PREFIX.length()) {
            return Optional.empty();
        }
        return Operation.byPath(rawPath.substring(last + 1))
                .map(operation -> new ModelPath(decode(rawPath.substring(PREFIX.length(), last)), operation));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // No model has such an id.
            return text;
        }
    }
}
