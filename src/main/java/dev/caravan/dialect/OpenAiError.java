package dev.caravan.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;

/**
 * Failures in OpenAI's form, {@code {"message", "type", "param", "code"}}. Types and codes: OpenAI API reference,
 * "Error codes"; where it has none, the code is ours.
 */
public final class OpenAiError {
    private OpenAiError() {}

    /** The problem of Caravan's own API with a member {@code error} beside, for pages that both clients read. */
    public static ObjectNode problemWithError(LlmException failure, String requestId) {
        ObjectNode problem = Problem.write(failure, requestId);
        problem.set("error", error(failure));
        return problem;
    }

    private static ObjectNode error(LlmException failure) {
        ObjectNode error = Json.object();
        error.put("message", Texts.wellFormed(failure.getMessage()));
        error.put("type", type(failure.kind()));
        error.putNull("param");
        error.put("code", code(failure.kind()));
        return error;
    }

    private static String type(ErrorKind kind) {
        return switch (kind) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN, PROVIDER_ACCESS_DENIED -> "permission_error";
            case RATE_LIMITED, PROVIDER_THROTTLED -> "rate_limit_error";
            default -> kind.status() >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    private static String code(ErrorKind kind) {
        return switch (kind) {
            case UNAUTHORIZED -> "invalid_api_key";
            case RATE_LIMITED, PROVIDER_THROTTLED -> "rate_limit_exceeded";
            default -> kind.code();
        };
    }
}
