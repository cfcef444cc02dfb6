package dev.caravan.emulator.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.family.StreamPart;
import dev.caravan.emulator.misbehave.StreamErrors;
import dev.caravan.runtime.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Frames of {@code application/vnd.amazon.eventstream} (Smithy, "Amazon Event Stream"), with headers in the order in which
 * the service sends them.
 */
public final class EventFrames {
    private static final String JSON = "application/json";
    private static final byte[] NO_JSON = "{\"delta\": [".getBytes(StandardCharsets.UTF_8);
    private static final String PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final String STREAM_ERROR = "ModelStreamErrorException";

    private final boolean chunks;
    private final boolean padded;

    private EventFrames(boolean chunks, boolean padded) {
        this.chunks = chunks;
        this.padded = padded;
    }

    /**
     * Of InvokeModelWithResponseStream, where the model's JSON is wrapped in base64.
     *
     * @param padded whether each payload has a member {@code p} of a length that hides the text's
     */
    public static EventFrames ofInvoke(boolean padded) {
        return new EventFrames(true, padded);
    }

    /** Of ConverseStream. */
    public static EventFrames ofConverse(boolean padded) {
        return new EventFrames(false, padded);
    }

    byte[] event(StreamPart part) {
        return event(part.type(), payload(chunks ? wrapped(Json.write(part.json())) : part.json()));
    }

    /** An event that the model did not write as JSON. */
    byte[] malformed(StreamPart part) {
        return event(part.type(), chunks ? payload(wrapped(NO_JSON)) : NO_JSON);
    }

    /** The event with a wrong checksum. */
    byte[] corrupt(StreamPart part) {
        byte[] frame = event(part);
        frame[frame.length - 1] ^= 1;
        return frame;
    }

    /**
     * The frame that ends a stream with an error: an exception of the service model, or an unmodelled error for a failure
     * without a type.
     *
     * @throws AwsFailure ValidationException for a type that does not come in this stream
     */
    byte[] failure(AwsFailure failure) {
        Map<String, String> headers = new LinkedHashMap<>();
        String type = failure.typeName();
        if (type == null) {
            headers.put(":error-code", Integer.toString(failure.status()));
            headers.put(":error-message", failure.getMessage());
            headers.put(":message-type", "error");
            return encode(headers, new byte[0]);
        }
        requireKnown(type);
        headers.put(":exception-type", type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1));
        headers.put(":content-type", JSON);
        headers.put(":message-type", "exception");
        ObjectNode payload = Json.object().put("message", failure.getMessage());
        if (type.equals(STREAM_ERROR)) {
            failure.originalStatus()
                    .ifPresent(status ->
                            payload.put("originalStatusCode", status).put("originalMessage", failure.getMessage()));
        }
        return encode(headers, payload(payload));
    }

    private void requireKnown(String type) {
        Set<String> known = chunks ? StreamErrors.ofInvoke() : StreamErrors.ofConverse();
        if (!known.contains(type)) {
            throw AwsFailure.validation(
                    "@emulator: " + type + " does not come within this stream, expected one of " + known + ".");
        }
    }

    private static ObjectNode wrapped(byte[] json) {
        return Json.object().put("bytes", json);
    }

    private byte[] payload(ObjectNode json) {
        byte[] plain = Json.write(json);
        if (!padded) {
            return plain;
        }
        CRC32 length = new CRC32();
        length.update(plain);
        Map<String, JsonNode> members = new TreeMap<>();
        json.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        members.put("p", json.textNode(PADDING.substring(0, 1 + (int) (length.getValue() % PADDING.length()))));
        return Json.write(Json.object().setAll(members));
    }

    private static byte[] event(String type, byte[] payload) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(":event-type", type);
        headers.put(":content-type", JSON);
        headers.put(":message-type", "event");
        return encode(headers, payload);
    }

    private static byte[] encode(Map<String, String> headers, byte[] payload) {
        Map<String, HeaderValue> values = new LinkedHashMap<>();
        headers.forEach((name, value) -> values.put(name, HeaderValue.fromString(value)));
        ByteBuffer frame = new Message(values, payload).toByteBuffer();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }
}
