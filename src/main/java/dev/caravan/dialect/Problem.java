package dev.caravan.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.time.Duration;

/** Writes a failure as {@code application/problem+json} (RFC 9457). */
public final class Problem {
    public static final String CONTENT_TYPE = "application/problem+json";
    private static final String TYPE_PREFIX = "urn:caravan:problem:";

    private Problem() {}

    /** The failure that a caller may see: itself when it is one of ours, else {@code internal} without details. */
    public static LlmException visible(Throwable failure) {
        return failure instanceof LlmException known
                ? known
                : LlmException.builder(
                                ErrorKind.INTERNAL,
                                "Something went wrong inside Caravan. The log has the cause under this request's id.")
                        .cause(failure)
                        .build();
    }

    /** Whole seconds for Retry-After, rounded up and at least 1; null when the failure has none to give. */
    public static Long retryAfterSeconds(LlmException failure) {
        int status = failure.kind().status();
        if (status != 429 && status != 503) {
            return null;
        }
        Duration wait = failure.retryAfter() == null ? Duration.ofSeconds(1) : failure.retryAfter();
        return Math.max(1, (wait.toMillis() + 999) / 1000);
    }

    public static ObjectNode write(LlmException failure, String requestId) {
        ErrorKind kind = failure.kind();
        ObjectNode problem = Json.object();
        problem.put("type", TYPE_PREFIX + kind.code());
        problem.put("title", kind.title());
        problem.put("status", kind.status());
        problem.put("detail", Texts.wellFormed(failure.getMessage()));
        problem.put("code", kind.code());
        problem.put("request_id", requestId);
        problem.put("retryable", failure.retryable());
        Long retryAfter = retryAfterSeconds(failure);
        if (retryAfter != null) {
            problem.put("retry_after_s", retryAfter);
        }
        if (failure.attempts() > 0 || kind == ErrorKind.RATE_LIMITED) {
            problem.put("attempts", failure.attempts());
        }
        if (failure.providerCode() != null) {
            problem.put("provider_code", failure.providerCode());
        }
        if (failure.usage() != null) {
            problem.set("usage", usage(failure.usage()));
        }
        if (failure.truncated()) {
            problem.put("truncated", true);
        }
        if (!failure.errors().isEmpty() || kind == ErrorKind.STRUCTURED_OUTPUT_INVALID) {
            ArrayNode errors = problem.putArray("errors");
            failure.errors()
                    .forEach(error -> errors.addObject()
                            .put("path", Texts.wellFormed(error.path()))
                            .put("keyword", error.keyword())
                            .put("message", Texts.wellFormed(error.message())));
        }
        if (failure.raw() != null) {
            problem.put("raw", Texts.wellFormed(failure.raw()));
        }
        return problem;
    }

    /** Token counts; one that the model did not report is absent. */
    static ObjectNode usage(Usage usage) {
        ObjectNode node = Json.object();
        put(node, "input_tokens", usage.inputTokens());
        put(node, "output_tokens", usage.outputTokens());
        put(node, "total_tokens", usage.totalTokens());
        put(node, "cache_read_input_tokens", usage.cacheReadTokens());
        put(node, "cache_write_input_tokens", usage.cacheWriteTokens());
        return node;
    }

    private static void put(ObjectNode node, String name, Long value) {
        if (value != null) {
            node.put(name, value);
        }
    }
}
