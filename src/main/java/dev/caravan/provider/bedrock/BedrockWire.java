package dev.caravan.provider.bedrock;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Carries signed bytes to Bedrock's runtime API and back; knows nothing of models. Thread-safe.
 *
 * <p>A reply with any HTTP status completes the future normally; it fails with an SDK exception ({@code
 * SdkClientException} and its subclasses) when no connection could be made, the connection broke, or the time was up,
 * and with an {@code LlmException} when no credentials were found or a header or id cannot be sent. {@link
 * BedrockErrors} reads them all. The future may complete on an event loop: what follows it must not block.
 */
public interface BedrockWire extends AutoCloseable {

    /** Operations of the runtime API, by the last segment of their path. */
    enum Operation {
        INVOKE("invoke"),
        CONVERSE("converse"),
        COUNT_TOKENS("count-tokens");

        private final String path;

        Operation(String path) {
            this.path = path;
        }

        public String path() {
            return path;
        }
    }

    /**
     * @param operation what is called
     * @param modelId id, inference profile or ARN; encoded by the wire
     * @param headers Bedrock's own request headers; the wire adds signature, host and length
     * @param body the JSON text, sent byte for byte
     * @param timeout until the whole reply is there; positive
     * @param cancellation resets the call when cancelled; the future then fails with an {@code AbortedException}. May be
     *     null
     */
    record Call(
            Operation operation,
            String modelId,
            Map<String, String> headers,
            byte[] body,
            Duration timeout,
            Cancellation cancellation) {}

    /**
     * @param status HTTP status
     * @param headers all headers, names in lower case
     * @param body bytes as they came
     */
    record Reply(int status, Map<String, List<String>> headers, byte[] body) {
        /** The first value of a header, or null. */
        public String header(String lowerCaseName) {
            List<String> values = headers.get(lowerCaseName);
            return values == null || values.isEmpty() ? null : values.get(0);
        }
    }

    /** Sends one call. Resolving credentials may block, so this is not for event loops. */
    CompletableFuture<Reply> send(Call call);

    @Override
    void close();
}
