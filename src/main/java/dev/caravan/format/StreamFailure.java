package dev.caravan.format;

import static dev.caravan.error.ErrorKind.INVALID_REQUEST;
import static dev.caravan.error.ErrorKind.MODEL_NOT_FOUND;
import static dev.caravan.error.ErrorKind.PROVIDER_ACCESS_DENIED;
import static dev.caravan.error.ErrorKind.PROVIDER_ERROR;
import static dev.caravan.error.ErrorKind.PROVIDER_THROTTLED;
import static dev.caravan.error.ErrorKind.PROVIDER_TIMEOUT;
import static dev.caravan.error.ErrorKind.PROVIDER_UNAVAILABLE;
import static dev.caravan.error.LlmException.Retry.BACKOFF;
import static dev.caravan.error.LlmException.Retry.NEVER;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.runtime.Texts;
import java.util.Map;

/**
 * A failure that a model's server tells of within its stream, {@code {"type": "overloaded_error", "message": "…"}}, after a
 * status of 200. Source of the types: Anthropic API reference, "Errors"; OpenAI API reference, "Error codes".
 */
final class StreamFailure {
    private static final int MOST_WORDS = 2000;
    private static final int MOST_TYPE = 64;

    private record Row(ErrorKind kind, Retry retry) {}

    private static final Row OTHER = new Row(PROVIDER_ERROR, NEVER);

    private static final Map<String, Row> ROWS = Map.ofEntries(
            Map.entry("overloaded_error", new Row(PROVIDER_UNAVAILABLE, BACKOFF)),
            Map.entry("rate_limit_error", new Row(PROVIDER_THROTTLED, BACKOFF)),
            Map.entry("rate_limit_exceeded", new Row(PROVIDER_THROTTLED, BACKOFF)),
            Map.entry("api_error", new Row(PROVIDER_ERROR, BACKOFF)),
            Map.entry("server_error", new Row(PROVIDER_ERROR, BACKOFF)),
            Map.entry("timeout_error", new Row(PROVIDER_TIMEOUT, BACKOFF)),
            Map.entry("invalid_request_error", new Row(INVALID_REQUEST, NEVER)),
            Map.entry("request_too_large", new Row(INVALID_REQUEST, NEVER)),
            Map.entry("authentication_error", new Row(PROVIDER_ACCESS_DENIED, NEVER)),
            Map.entry("permission_error", new Row(PROVIDER_ACCESS_DENIED, NEVER)),
            Map.entry("billing_error", new Row(PROVIDER_ACCESS_DENIED, NEVER)),
            Map.entry("not_found_error", new Row(MODEL_NOT_FOUND, NEVER)));

    private StreamFailure() {}

    /** @param error the object with the type and the message */
    static LlmException of(JsonNode error) {
        String type = error.path("type").asText();
        Row row = ROWS.getOrDefault(type, OTHER);
        boolean word =
                !type.isEmpty() && type.length() <= MOST_TYPE && type.chars().allMatch(StreamFailure::isOfAWord);
        String said = Texts.wellFormed(error.path("message").asText()).strip();
        String message = said.isEmpty()
                ? "The provider ended its stream with a failure" + (word ? " (" + type + ")." : ".")
                : Texts.shorten(said, MOST_WORDS);
        return LlmException.builder(row.kind(), message)
                .retry(row.retry())
                .providerCode(word ? type : null)
                .build();
    }

    private static boolean isOfAWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
