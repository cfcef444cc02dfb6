package dev.caravan.error;

import dev.caravan.chat.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A request that failed, as one row of the error table. The message is safe to show to the caller.
 *
 * <p>Two things are told apart: {@link #retryable()} speaks to the caller (the same request may succeed later),
 * {@link #retry()} to Caravan's own redelivery.
 */
public final class LlmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What Caravan itself may do about the failure. */
    public enum Retry {
        /** Not tried again. */
        NEVER,
        /** Tried again at most once in a request (an upstream 408: the call was long and is paid for). */
        ONCE,
        /** Tried again with backoff, as often as the request allows. */
        BACKOFF
    }

    private final ErrorKind kind;
    private final boolean retryable;
    private final Retry retry;
    private final String providerCode;
    private final Duration retryAfter;
    private final int attempts;
    private final transient Usage usage;
    private final String raw;
    private final transient List<SchemaViolation> errors;
    private final boolean truncated;

    private LlmException(Builder builder) {
        super(builder.message, builder.cause);
        this.kind = builder.kind;
        this.retryable = builder.retryable == null ? builder.kind.retryable() : builder.retryable;
        this.retry = builder.retry;
        this.providerCode = builder.providerCode;
        this.retryAfter = builder.retryAfter;
        this.attempts = builder.attempts;
        this.usage = builder.usage;
        this.raw = builder.raw;
        this.errors = builder.errors;
        this.truncated = builder.truncated;
    }

    public static LlmException of(ErrorKind kind, String message) {
        return builder(kind, message).build();
    }

    /** A 400 that names what is wrong. */
    public static LlmException invalid(String message) {
        return of(ErrorKind.INVALID_REQUEST, message);
    }

    public static Builder builder(ErrorKind kind, String message) {
        return new Builder(kind, message);
    }

    /** A builder with all of this failure, which becomes the copy's cause. */
    public Builder toBuilder() {
        return toBuilder(getMessage());
    }

    /** The same with another message. */
    public Builder toBuilder(String message) {
        Builder builder = new Builder(kind, message);
        builder.retryable = retryable;
        builder.retry = retry;
        builder.providerCode = providerCode;
        builder.retryAfter = retryAfter;
        builder.attempts = attempts;
        builder.usage = usage;
        builder.raw = raw;
        builder.errors = errors;
        builder.truncated = truncated;
        builder.cause = this;
        return builder;
    }

    public ErrorKind kind() {
        return kind;
    }

    /** Whether the caller may send the same request again later. */
    public boolean retryable() {
        return retryable;
    }

    /** What Caravan's own redelivery may do. */
    public Retry retry() {
        return retry;
    }

    /** AWS's (or another provider's) own error code, such as {@code ThrottlingException}; null when none. */
    public String providerCode() {
        return providerCode;
    }

    /** How long to wait before the next try, as upstream or Caravan's limit said it; null when nobody did. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Upstream calls made for the request so far. */
    public int attempts() {
        return attempts;
    }

    /** Counts of paid calls before the failure; null when there were none. */
    public Usage usage() {
        return usage;
    }

    /** The model's last text when a paid call preceded the failure; null when none. */
    public String raw() {
        return raw;
    }

    /** Why a structured answer is not valid; empty for other failures. */
    public List<SchemaViolation> errors() {
        return errors == null ? List.of() : errors;
    }

    /** Whether a structured answer was cut off by max tokens. */
    public boolean truncated() {
        return truncated;
    }

    /** Collects the parts of a failure; not thread-safe. */
    public static final class Builder {
        private final ErrorKind kind;
        private final String message;
        private Boolean retryable;
        private Retry retry = Retry.NEVER;
        private String providerCode;
        private Duration retryAfter;
        private int attempts;
        private Usage usage;
        private String raw;
        private List<SchemaViolation> errors = List.of();
        private boolean truncated;
        private Throwable cause;

        private Builder(ErrorKind kind, String message) {
            this.kind = Objects.requireNonNull(kind, "kind");
            this.message = Objects.requireNonNull(message, "message");
        }

        /** Overrides the kind's own word on whether the caller may try again. */
        public Builder retryable(boolean value) {
            this.retryable = value;
            return this;
        }

        public Builder retry(Retry value) {
            this.retry = value;
            return this;
        }

        public Builder providerCode(String value) {
            this.providerCode = value;
            return this;
        }

        public Builder retryAfter(Duration value) {
            this.retryAfter = value;
            return this;
        }

        public Builder attempts(int value) {
            this.attempts = value;
            return this;
        }

        public Builder usage(Usage value) {
            this.usage = value;
            return this;
        }

        public Builder raw(String value) {
            this.raw = value;
            return this;
        }

        public Builder errors(List<SchemaViolation> value) {
            this.errors = List.copyOf(value);
            return this;
        }

        public Builder truncated(boolean value) {
            this.truncated = value;
            return this;
        }

        public Builder cause(Throwable value) {
            this.cause = value;
            return this;
        }

        public LlmException build() {
            return new LlmException(this);
        }
    }
}
