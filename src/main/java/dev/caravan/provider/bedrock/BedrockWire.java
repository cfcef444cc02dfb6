package dev.caravan.provider.bedrock;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

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
        COUNT_TOKENS("count-tokens"),
        INVOKE_STREAM("invoke-with-response-stream"),
        CONVERSE_STREAM("converse-stream");

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

    /**
     * How long a stream may be silent while it is asked for more; the call's own timeout counts beside, to its end.
     *
     * @param firstByte from sending to the first byte of the body; positive
     * @param idle from one frame to the next; bytes of a frame that is not whole do not count. Positive
     */
    record Silence(Duration firstByte, Duration idle) {}

    /**
     * A reply that is about to be streamed, or the refusal of one.
     *
     * @param refusal the whole reply when its status is not 200, else null
     * @param headers of the stream, names in lower case
     * @param frames the frames as they come, for one subscriber; null for a refusal. Read with back-pressure: what was not
     *     requested is left to the provider. A cancelled subscription resets the call. It completes when the body ends at
     *     the border of a frame, whatever the frames say (an answer may lack its end), and fails, on an event loop as well, with an {@code
     *     LlmException}
     */
    record Stream(Reply refusal, Map<String, List<String>> headers, Flow.Publisher<Frame> frames) {}

    /**
     * One message of the event stream (media type {@code application/vnd.amazon.eventstream}).
     *
     * @param headers those of type string, by name: {@code :message-type}, {@code :event-type} …
     * @param payload most often JSON
     */
    record Frame(Map<String, String> headers, byte[] payload) {}

    /**
     * Sends a call whose reply is a stream. The future ends as that of {@link #send} does, as soon as the head is there;
     * its call is one of {@link Operation#INVOKE_STREAM} and {@link Operation#CONVERSE_STREAM}. Not for event loops.
     */
    CompletableFuture<Stream> open(Call call, Silence silence);

    @Override
    void close();
}
