package dev.caravan.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.eventstream.Message;

/** Frames of an event stream, by their lengths. */
public final class EventFrameReader {
    private EventFrameReader() {}

    /** One frame; {@code name} is the event's, the exception's, or an error's code. */
    public record Event(String kind, String name, List<String> headerNames, String payload) {
        public JsonNode json() {
            return EmulatorHarness.json(payload);
        }

        /** What the model wrote in a chunk. */
        public JsonNode chunk() {
            return EmulatorHarness.json(
                    new String(Base64.getDecoder().decode(json().get("bytes").asText()), StandardCharsets.UTF_8));
        }
    }

    /** @throws IllegalArgumentException when a checksum is wrong or the last frame is not whole */
    public static List<Event> read(byte[] body) {
        List<Event> events = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(body);
        while (bytes.hasRemaining()) {
            int length = bytes.remaining() < 4 ? Integer.MAX_VALUE : bytes.getInt(bytes.position());
            if (length > bytes.remaining()) {
                throw new IllegalArgumentException("half a frame");
            }
            byte[] frame = new byte[length];
            bytes.get(frame);
            events.add(event(Message.decode(ByteBuffer.wrap(frame))));
        }
        return events;
    }

    private static Event event(Message message) {
        String kind = message.getHeaders().get(":message-type").getString();
        String name = switch (kind) {
            case "event" -> ":event-type";
            case "exception" -> ":exception-type";
            default -> ":error-code";
        };
        return new Event(
                kind,
                message.getHeaders().get(name).getString(),
                List.copyOf(message.getHeaders().keySet()),
                new String(message.getPayload(), StandardCharsets.UTF_8));
    }
}
