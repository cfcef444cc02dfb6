package dev.caravan.emulator.aws;

import java.util.OptionalInt;

/** A refusal that goes to the client as an AWS error. It has no stack trace: it is an answer, not a fault. */
public final class AwsFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String typeName;
    private final int status;
    private final int originalStatus;
    private final int retryAfterSeconds;

    private AwsFailure(String typeName, int status, String message, int originalStatus, int retryAfterSeconds) {
        super(message, null, false, false);
        this.typeName = typeName;
        this.status = status;
        this.originalStatus = originalStatus;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The type's own status and words. */
    public static AwsFailure of(AwsErrorType type) {
        return of(type, type.text());
    }

    public static AwsFailure of(AwsErrorType type, String message) {
        return new AwsFailure(type.typeName(), type.status(), message, -1, -1);
    }

    /** A ValidationException. */
    public static AwsFailure validation(String message) {
        return of(AwsErrorType.VALIDATION, message);
    }

    /** A ValidationException for a fault that the model itself found. */
    public static AwsFailure byModel(String message) {
        return validation("The model returned the following errors: " + message);
    }

    /** An error of a load balancer or proxy: a status without a type. */
    public static AwsFailure untyped(int status, String message) {
        return new AwsFailure(null, status, message, -1, -1);
    }

    /** The same with another HTTP status. */
    public AwsFailure withStatus(int other) {
        return new AwsFailure(typeName, other, getMessage(), originalStatus, retryAfterSeconds);
    }

    /** The same with the member {@code originalStatusCode} of a ModelErrorException. */
    public AwsFailure withOriginalStatus(int original) {
        return new AwsFailure(typeName, status, getMessage(), original, retryAfterSeconds);
    }

    /** The same with a header {@code Retry-After}, in seconds. */
    public AwsFailure withRetryAfter(int seconds) {
        return new AwsFailure(typeName, status, getMessage(), originalStatus, seconds);
    }

    /** AWS's name of the error, or null for an untyped one. */
    public String typeName() {
        return typeName;
    }

    public int status() {
        return status;
    }

    public OptionalInt originalStatus() {
        return originalStatus < 0 ? OptionalInt.empty() : OptionalInt.of(originalStatus);
    }

    public OptionalInt retryAfterSeconds() {
        return retryAfterSeconds < 0 ? OptionalInt.empty() : OptionalInt.of(retryAfterSeconds);
    }
}
