package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/** A reply of Claude as events (recorded ones; Anthropic API reference, "Streaming messages"). The type is in the JSON. */
final class AnthropicStream {
    private final List<StreamPart> parts = new ArrayList<>();

    private AnthropicStream() {}

    static List<StreamPart> of(ObjectNode reply) {
        AnthropicStream stream = new AnthropicStream();
        stream.start(reply);
        for (int i = 0; i < reply.get("content").size(); i++) {
            stream.block(i, (ObjectNode) reply.get("content").get(i));
        }
        ObjectNode last = typed("message_delta");
        last.putObject("delta")
                .<ObjectNode>set("stop_reason", reply.get("stop_reason"))
                .set("stop_sequence", reply.get("stop_sequence"));
        last.putObject("usage").set("output_tokens", reply.at("/usage/output_tokens"));
        stream.parts.add(StreamPart.end(last));
        stream.parts.add(StreamPart.end(typed("message_stop")));
        return stream.parts;
    }

    /** The message without its content; it counts one token of output, as what is to come is not known. */
    private void start(ObjectNode reply) {
        ObjectNode message = reply.deepCopy();
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        ObjectNode usage = (ObjectNode) message.get("usage");
        usage.put("output_tokens", Math.min(1, usage.get("output_tokens").asLong()));
        ObjectNode start = typed("message_start");
        start.set("message", message);
        parts.add(StreamPart.frame(start));
    }

    private void block(int index, ObjectNode block) {
        ObjectNode empty = block.deepCopy();
        switch (block.get("type").asText()) {
            case "thinking" -> {
                open(index, empty.put("thinking", "").put("signature", ""));
                deltas(index, "thinking_delta", "thinking", Pieces.words(text(block, "thinking")));
                parts.add(StreamPart.frame(delta(index, "signature_delta", "signature", text(block, "signature"))));
            }
            case "tool_use" -> {
                empty.putObject("input");
                open(index, empty);
                parts.add(StreamPart.frame(delta(index, "input_json_delta", "partial_json", "")));
                deltas(index, "input_json_delta", "partial_json", Pieces.json(block.get("input")));
            }
            default -> {
                open(index, empty.put("text", ""));
                deltas(index, "text_delta", "text", Pieces.words(text(block, "text")));
            }
        }
        parts.add(StreamPart.frame(typed("content_block_stop").put("index", index)));
    }

    private void open(int index, ObjectNode block) {
        ObjectNode start = typed("content_block_start").put("index", index);
        start.set("content_block", block);
        parts.add(StreamPart.frame(start));
    }

    private void deltas(int index, String type, String member, List<String> pieces) {
        pieces.forEach(piece -> parts.add(StreamPart.content(delta(index, type, member, piece))));
    }

    private static ObjectNode delta(int index, String type, String member, String piece) {
        ObjectNode event = typed("content_block_delta").put("index", index);
        event.putObject("delta").put("type", type).put(member, piece);
        return event;
    }

    private static String text(JsonNode block, String member) {
        return block.get(member).textValue();
    }

    private static ObjectNode typed(String type) {
        return Json.object().put("type", type);
    }
}
