package dev.caravan.error;

import java.util.Locale;

/** The rows of the error table: code, HTTP status, title, and whether the same request may succeed later. */
public enum ErrorKind {
    INVALID_REQUEST(400, false, "Invalid request"),
    UNAUTHORIZED(401, false, "Unauthorized"),
    FORBIDDEN(403, false, "Forbidden"),
    PROVIDER_ACCESS_DENIED(403, false, "Access denied by the provider"),
    NOT_FOUND(404, false, "Not found"),
    MODEL_NOT_FOUND(404, false, "Model not found"),
    METHOD_NOT_ALLOWED(405, false, "Method not allowed"),
    PAYLOAD_TOO_LARGE(413, false, "Payload too large"),
    UNSUPPORTED_MEDIA_TYPE(415, false, "Unsupported media type"),
    STRUCTURED_OUTPUT_INVALID(422, false, "Structured output invalid"),
    RATE_LIMITED(429, true, "Rate limited"),
    PROVIDER_THROTTLED(429, true, "Throttled by the provider"),
    INTERNAL(500, false, "Internal error"),
    PROVIDER_ERROR(502, true, "Provider error"),
    PROVIDER_UNAVAILABLE(503, true, "Provider unavailable"),
    OVERLOADED(503, true, "Overloaded"),
    PROVIDER_TIMEOUT(504, true, "Provider timeout");

    private final int status;
    private final boolean retryable;
    private final String title;

    ErrorKind(int status, boolean retryable, String title) {
        this.status = status;
        this.retryable = retryable;
        this.title = title;
    }

    /** The lower-case code, such as {@code rate_limited}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int status() {
        return status;
    }

    /** Whether the caller may send the same request again later. */
    public boolean retryable() {
        return retryable;
    }

    public String title() {
        return title;
    }
}
