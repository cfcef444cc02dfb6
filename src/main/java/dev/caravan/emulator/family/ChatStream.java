package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * A reply in OpenAI's manner as chunks (OpenAI API reference, "The chat completion chunk object"): the role first, then
 * pieces in {@code choices[0].delta}, last the reason why it ended. Of the formats that write so no stream of Bedrock is
 * public.
 */
final class ChatStream {
    private final String stopName;
    private final ObjectNode envelope;
    private final List<StreamPart> parts = new ArrayList<>();

    private ChatStream(String stopName, ObjectNode envelope) {
        this.stopName = stopName;
        this.envelope = envelope;
    }

    /**
     * @param stopName {@code finish_reason} or {@code stop_reason}
     * @param counted whether the last chunk has the reply's {@code usage}
     */
    static List<StreamPart> of(ObjectNode reply, String stopName, boolean counted) {
        ObjectNode envelope = reply.deepCopy();
        envelope.remove(List.of("choices", "usage"));
        if (envelope.has("object")) {
            envelope.put("object", "chat.completion.chunk");
        }
        JsonNode choice = reply.get("choices").get(0);
        ChatStream stream = new ChatStream(stopName, envelope);
        stream.message(choice.get("message"));
        ObjectNode last = stream.chunk(Json.object(), choice.get(stopName));
        if (counted) {
            last.set("usage", reply.get("usage"));
        }
        stream.parts.add(StreamPart.end(last));
        return stream.parts;
    }

    private void message(JsonNode message) {
        ObjectNode first = Json.object();
        first.set("role", message.get("role"));
        parts.add(StreamPart.frame(
                chunk(first.put("content", message.get("content").isNull() ? null : ""), null)));
        words("reasoning_content", message.path("reasoning_content").asText(""));
        words("content", message.get("content").asText(""));
        for (int i = 0; i < message.path("tool_calls").size(); i++) {
            call(i, (ObjectNode) message.get("tool_calls").get(i));
        }
    }

    private void words(String member, String text) {
        Pieces.words(text)
                .forEach(piece ->
                        parts.add(StreamPart.content(chunk(Json.object().put(member, piece), null))));
    }

    private void call(int index, ObjectNode call) {
        ObjectNode opened = Json.object().put("index", index).setAll(call.deepCopy());
        ((ObjectNode) opened.get("function")).put("arguments", "");
        parts.add(StreamPart.frame(chunk(calls(opened), null)));
        Pieces.json(call.at("/function/arguments").textValue()).forEach(piece -> {
            ObjectNode more = Json.object().put("index", index);
            more.putObject("function").put("arguments", piece);
            parts.add(StreamPart.content(chunk(calls(more), null)));
        });
    }

    private static ObjectNode calls(ObjectNode call) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private ObjectNode chunk(ObjectNode delta, JsonNode stop) {
        ObjectNode chunk = envelope.deepCopy();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.set(stopName, stop);
        return chunk;
    }
}
