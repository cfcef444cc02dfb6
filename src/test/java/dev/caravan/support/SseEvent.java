package dev.caravan.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An event of a stream of server-sent events, whose data is one line of JSON; or a comment.
 *
 * @param name of the event; null for a comment
 * @param data null for a comment
 */
public record SseEvent(String name, JsonNode data) {

    /** Reads a whole stream; anything that is not as Caravan writes it is an error. */
    public static List<SseEvent> read(String stream) throws JsonProcessingException {
        List<SseEvent> events = new ArrayList<>();
        if (!stream.endsWith("\n\n")) {
            throw new AssertionError("the stream breaks off amid an event: " + stream);
        }
        for (String event : stream.substring(0, stream.length() - 2).split("\n\n")) {
            String[] lines = event.split("\n");
            if (lines.length == 1 && lines[0].startsWith(":")) {
                events.add(new SseEvent(null, null));
            } else if (lines.length == 2 && lines[0].startsWith("event: ") && lines[1].startsWith("data: ")) {
                byte[] data = lines[1].substring(6).getBytes(StandardCharsets.UTF_8);
                events.add(new SseEvent(lines[0].substring(7), Json.read(data)));
            } else {
                throw new AssertionError("no event: " + event);
            }
        }
        return events;
    }

    /** The text of all deltas. */
    public static String text(List<SseEvent> events) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> "delta".equals(event.name()))
                .forEach(event -> text.append(event.data().path("text").asText()));
        return text.toString();
    }
}
