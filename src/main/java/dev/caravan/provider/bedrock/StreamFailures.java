package dev.caravan.provider.bedrock;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;

/**
 * What becomes of a stream that does not get to its end. One that broke counts as a connection error, which is tried
 * again until the first content has been passed on; one that fell silent is not, for it was waited for long enough.
 */
final class StreamFailures {
    private StreamFailures() {}

    static LlmException noFirstByte() {
        return silent("Bedrock's stream did not begin within the first-byte timeout (caravan.timeout.first-byte).");
    }

    static LlmException idle() {
        return silent("Bedrock's stream fell silent: no further part within the idle timeout (caravan.timeout.idle).");
    }

    private static LlmException silent(String message) {
        return LlmException.of(ErrorKind.PROVIDER_TIMEOUT, message);
    }

    static LlmException broken(Throwable cause) {
        return LlmException.builder(
                        ErrorKind.PROVIDER_UNAVAILABLE, "The connection to Bedrock broke in the middle of its answer.")
                .retry(Retry.BACKOFF)
                .cause(cause)
                .build();
    }

    /** @param heldBytes of the frame whose rest is missing */
    static LlmException cutOff(int heldBytes) {
        return LlmException.builder(
                        ErrorKind.PROVIDER_ERROR,
                        "Bedrock's answer was cut off: its stream ended within a part, " + heldBytes
                                + " bytes after the part's beginning.")
                .retry(Retry.BACKOFF)
                .build();
    }

    /** @param cause the reader's; null when a length is wrong */
    static LlmException damaged(Throwable cause) {
        return LlmException.builder(
                        ErrorKind.PROVIDER_ERROR,
                        cause == null
                                ? "Bedrock's answer arrived damaged: the length of a part does not fit its checksum or the limits."
                                : "Bedrock's answer arrived damaged: a part does not fit its checksum, or its headers cannot be read.")
                .retry(Retry.BACKOFF)
                .cause(cause)
                .build();
    }

    /** @param contentType of a reply with status 200; may be null */
    static LlmException noStream(String contentType) {
        return LlmException.of(
                ErrorKind.PROVIDER_ERROR,
                contentType == null
                        ? "Bedrock's answer is no event stream: it has no content type."
                        : "Bedrock's answer is no event stream but " + BedrockText.bounded(contentType) + ".");
    }

    static LlmException unreadable(String what) {
        return LlmException.of(ErrorKind.PROVIDER_ERROR, "A part of Bedrock's stream cannot be read: " + what + ".");
    }
}
