package dev.caravan.provider.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.io.IOException;

/**
 * What a frame of a stream says.
 *
 * @param type {@code chunk} of InvokeModelWithResponseStream, or the name of ConverseStream's event
 * @param json the payload, without the padding that AWS hides the lengths of tokens by; of a chunk what its base64 holds;
 *     an empty object for no payload
 */
public record StreamEvent(String type, JsonNode json) {
    private static final String CHUNK = "chunk";
    private static final String BYTES = "bytes";
    private static final String PADDING = "p";

    /**
     * @throws dev.caravan.error.LlmException for an exception or error frame the row of the table that its type stands for, as an
     *     error reply of that type would; {@code provider_error} for a frame that cannot be read
     */
    public static StreamEvent of(BedrockWire.Frame frame) {
        String kind = frame.headers().getOrDefault(":message-type", "event");
        return switch (kind) {
            case "event" -> event(frame);
            case "exception" -> throw FrameErrors.exception(frame);
            case "error" -> throw FrameErrors.error(frame);
            default ->
                throw StreamFailures.unreadable("it is neither an event nor an error but " + BedrockText.bounded(kind));
        };
    }

    private static StreamEvent event(BedrockWire.Frame frame) {
        String type = frame.headers().get(":event-type");
        if (type == null || type.isEmpty()) {
            throw StreamFailures.unreadable("it does not say its type");
        }
        if (type.equals(CHUNK)) {
            return new StreamEvent(type, json(chunk(frame.payload())));
        }
        JsonNode payload = frame.payload().length == 0 ? Json.object() : json(frame.payload());
        if (payload instanceof ObjectNode object) {
            object.remove(PADDING);
        }
        return new StreamEvent(type, payload);
    }

    /** The model's own JSON: straight from the payload, for this is done for every few words of an answer. */
    private static byte[] chunk(byte[] payload) {
        byte[] bytes = null;
        try (JsonParser parser = Json.mapper().createParser(payload)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(BYTES);
                if (parser.nextToken() == JsonToken.VALUE_STRING && wanted) {
                    bytes = parser.getBinaryValue();
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw StreamFailures.unreadable("there is something behind its JSON");
            }
        } catch (IOException e) {
            throw StreamFailures.unreadable("a chunk is no JSON, or its bytes are no base64");
        }
        if (bytes == null) {
            throw StreamFailures.unreadable("a chunk without bytes");
        }
        return bytes;
    }

    private static JsonNode json(byte[] text) {
        try {
            JsonNode json = Json.read(text);
            if (json.isMissingNode()) {
                throw StreamFailures.unreadable("it has no JSON");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw StreamFailures.unreadable("it is no JSON");
        }
    }
}
