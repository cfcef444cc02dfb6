package dev.caravan.provider.bedrock;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a frame of a stream says.
 *
 * @param type {@code chunk} of InvokeModelWithResponseStream, or the name of ConverseStream's event
 * @param json the payload; of a chunk what its base64 holds
 */
public record StreamEvent(String type, JsonNode json) {

    /**
     * @throws dev.caravan.error.LlmException for an exception or error frame the row of the table that its type stands for, as an
     *     error reply of that type would; {@code provider_error} for a frame that cannot be read
     */
    public static StreamEvent of(BedrockWire.Frame frame) {
        throw new UnsupportedOperationException("streams");
    }
}
