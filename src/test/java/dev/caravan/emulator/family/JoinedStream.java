package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Puts the events of a stream together to the body of the same answer in one piece, as a client does. */
final class JoinedStream {
    private final List<JsonNode> events;

    private JoinedStream(List<JsonNode> events) {
        this.events = events;
    }

    static ObjectNode of(String format, List<StreamPart> parts) {
        JoinedStream stream =
                new JoinedStream(parts.stream().map(part -> read(part.json())).toList());
        return switch (format) {
            case "anthropic-messages" -> stream.anthropic();
            case "converse" ->
                stream.converse(parts.stream().map(StreamPart::type).toList());
            case "nova-messages-v1" -> stream.nova();
            case "mistral-chat" -> stream.chat("stop_reason");
            case "jamba-chat", "openai-chat" -> stream.chat("finish_reason");
            case "cohere-chat" -> stream.cohere();
            case "titan-text" -> stream.titan();
            case "deepseek-prompt" -> stream.texts("choices");
            case "mistral-prompt", "mistral-prompt-v2" -> stream.texts("outputs");
            default -> stream.llama();
        };
    }

    private static JsonNode read(ObjectNode written) {
        return read(Json.write(written));
    }

    static JsonNode read(byte[] json) {
        try {
            return Json.read(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode last() {
        return events.get(events.size() - 1);
    }

    private ObjectNode anthropic() {
        ObjectNode reply = events.get(0).get("message").deepCopy();
        ArrayNode content = (ArrayNode) reply.get("content");
        TreeMap<Integer, StringBuilder> inputs = new TreeMap<>();
        for (JsonNode event : events) {
            int index = event.path("index").asInt();
            JsonNode delta = event.path("delta");
            switch (event.get("type").asText()) {
                case "content_block_start" ->
                    content.add(event.get("content_block").deepCopy());
                case "content_block_delta" -> {
                    ObjectNode block = (ObjectNode) content.get(index);
                    if (delta.has("partial_json")) {
                        inputs.computeIfAbsent(index, none -> new StringBuilder())
                                .append(delta.get("partial_json").asText());
                    } else {
                        Set.of("text", "thinking", "signature").stream()
                                .filter(delta::has)
                                .forEach(member -> append(block, member, delta.get(member)));
                    }
                }
                case "message_delta" -> {
                    reply.setAll((ObjectNode) delta);
                    ((ObjectNode) reply.get("usage")).setAll((ObjectNode) event.get("usage"));
                }
                default -> {}
            }
        }
        inputs.forEach((index, input) -> ((ObjectNode) content.get(index)).set("input", input(input)));
        return reply;
    }

    private ObjectNode converse(List<String> types) {
        ObjectNode reply = Json.object();
        TreeMap<Integer, ObjectNode> blocks = new TreeMap<>();
        for (int i = 0; i < types.size(); i++) {
            converseEvent(types.get(i), events.get(i), reply, blocks);
        }
        return content(reply, List.copyOf(blocks.values()));
    }

    private ObjectNode nova() {
        ObjectNode reply = Json.object();
        TreeMap<Integer, ObjectNode> blocks = new TreeMap<>();
        for (JsonNode event : events) {
            String type = event.fieldNames().next();
            converseEvent(type, event.get(type), reply, blocks);
        }
        List<ObjectNode> merged = new ArrayList<>();
        for (ObjectNode block : blocks.values()) {
            ObjectNode before = merged.isEmpty() ? Json.object() : merged.get(merged.size() - 1);
            if (before.has("text") && block.has("text")) {
                append(before, "text", block.get("text"));
            } else {
                merged.add(block);
            }
        }
        reply.remove("metrics");
        return content(reply, merged);
    }

    private static void converseEvent(
            String type, JsonNode event, ObjectNode reply, TreeMap<Integer, ObjectNode> blocks) {
        int index = event.path("contentBlockIndex").asInt();
        switch (type) {
            case "messageStart" ->
                reply.putObject("output").putObject("message").set("role", event.get("role"));
            case "contentBlockStart" -> blocks.put(index, event.get("start").deepCopy());
            case "contentBlockDelta" -> {
                ObjectNode block = blocks.computeIfAbsent(index, none -> Json.object());
                JsonNode delta = event.get("delta");
                if (delta.has("text")) {
                    append(block, "text", delta.get("text"));
                } else if (delta.has("toolUse")) {
                    append((ObjectNode) block.get("toolUse"), "input", delta.at("/toolUse/input"));
                } else {
                    ObjectNode reasoning =
                            block.withObjectProperty("reasoningContent").withObjectProperty("reasoningText");
                    delta.get("reasoningContent")
                            .properties()
                            .forEach(said -> append(reasoning, said.getKey(), said.getValue()));
                }
            }
            case "messageStop" -> reply.set("stopReason", event.get("stopReason"));
            case "metadata" -> {
                reply.set("usage", event.get("usage"));
                reply.set("metrics", event.get("metrics"));
            }
            default -> {}
        }
    }

    private static ObjectNode content(ObjectNode reply, List<ObjectNode> blocks) {
        for (ObjectNode block : blocks) {
            if (block.has("toolUse")) {
                ObjectNode call = (ObjectNode) block.get("toolUse");
                call.set("input", input(new StringBuilder(call.get("input").asText())));
            }
        }
        ((ObjectNode) reply.at("/output/message")).putArray("content").addAll(blocks);
        return reply;
    }

    private ObjectNode chat(String stopName) {
        ObjectNode reply = last().deepCopy();
        if (reply.has("object")) {
            reply.put("object", "chat.completion");
        }
        ObjectNode choice = reply.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message");
        for (JsonNode event : events) {
            JsonNode delta = event.at("/choices/0/delta");
            delta.properties().forEach(member -> {
                if (!member.getKey().equals("tool_calls")) {
                    append(message, member.getKey(), member.getValue());
                    return;
                }
                ObjectNode call = member.getValue().get(0).deepCopy();
                call.remove("index");
                if (call.has("id")) {
                    message.putArray("tool_calls").add(call);
                } else {
                    append(
                            (ObjectNode) message.at("/tool_calls/0/function"),
                            "arguments",
                            call.at("/function/arguments"));
                }
            });
        }
        choice.set(stopName, last().at("/choices/0").get(stopName));
        return reply;
    }

    private ObjectNode cohere() {
        ObjectNode reply = last().get("response").deepCopy();
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.path("text").asText()));
        return reply.put("text", text.toString());
    }

    private ObjectNode titan() {
        ObjectNode reply = Json.object();
        reply.set("inputTextTokenCount", last().get("inputTextTokenCount"));
        ObjectNode result = reply.putArray("results").addObject();
        result.set("tokenCount", last().get("totalOutputTextTokenCount"));
        events.forEach(event -> append(result, "outputText", event.get("outputText")));
        result.set("completionReason", last().get("completionReason"));
        return reply;
    }

    private ObjectNode texts(String list) {
        ObjectNode reply = Json.object();
        ObjectNode joined = reply.putArray(list).addObject();
        events.forEach(event -> append(joined, "text", event.at("/" + list + "/0/text")));
        joined.set("stop_reason", last().at("/" + list + "/0/stop_reason"));
        return reply;
    }

    private ObjectNode llama() {
        ObjectNode reply = last().deepCopy();
        reply.put("generation", "");
        reply.set("prompt_token_count", events.get(0).get("prompt_token_count"));
        events.forEach(event -> append(reply, "generation", event.get("generation")));
        return reply;
    }

    private static void append(ObjectNode to, String member, JsonNode piece) {
        if (piece.isNull()) {
            to.set(member, piece);
        } else {
            to.put(member, to.path(member).asText("") + piece.textValue());
        }
    }

    private static JsonNode input(StringBuilder text) {
        return text.isEmpty() ? Json.object() : read(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
