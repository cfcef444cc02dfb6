package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The stream of Anthropic Messages: {@code message_start}, blocks with {@code content_block_start}, {@code _delta} and
 * {@code _stop}, {@code message_delta}, {@code message_stop}; {@code ping} says nothing.
 *
 * <p>Source: Anthropic API reference, "Streaming messages"; on Bedrock the type stands in each chunk's JSON. Counts of a
 * {@code message_delta} are cumulative: the last ones hold, before those of Bedrock's metrics.
 */
final class AnthropicStream extends JoinedStream implements StreamedBlocks.Said {
    private static final String OUTPUT = "output_tokens";
    private static final List<String> STOP = List.of("stop_reason", "stop_sequence");

    private final ObjectNode body = Json.object();
    private final ObjectNode usage = body.putObject("usage");
    private final StreamedBlocks blocks;
    private Long outputAtStart;

    AnthropicStream(AnthropicMessages format, LlmRequest request, Model model) {
        super(format, request, model);
        blocks = new StreamedBlocks(this, emitter(), request.structured() == null);
    }

    @Override
    void event(String type, JsonNode event, Consumer<Part> parts) {
        switch (event.path("type").asText()) {
            case "message_start" -> start(event.path("message"));
            case "content_block_start" -> begin(event);
            case "content_block_delta" -> delta(event);
            case "content_block_stop" -> blocks.end(index(event));
            case "message_delta" -> {
                STOP.forEach(name -> set(body, name, event.path("delta").path(name)));
                count(event.path("usage"));
            }
            case "message_stop" -> {
                blocks.endAll();
                markEnded();
            }
            case "error" -> throw StreamFailure.of(event.path("error"));
            default -> {
                // ping, and what is yet to be invented
            }
        }
        blocks.give(parts);
    }

    private void start(JsonNode message) {
        for (Map.Entry<String, JsonNode> member : message.properties()) {
            if (!member.getKey().equals("content") && !member.getKey().equals("usage")) {
                set(body, member.getKey(), member.getValue());
            }
        }
        count(message.path("usage"));
        // The first figure is of what was begun, not of what will have been said.
        outputAtStart = ReplyReading.count(usage.path(OUTPUT), null);
        usage.remove(OUTPUT);
    }

    private void count(JsonNode counts) {
        counts.properties().forEach(member -> set(usage, member.getKey(), member.getValue()));
    }

    private static void set(ObjectNode node, String name, JsonNode value) {
        if (!value.isMissingNode() && !value.isNull()) {
            node.set(name, value);
        }
    }

    private static long index(JsonNode event) {
        return ReplyReading.count(event.path("index"), 0L);
    }

    private void begin(JsonNode event) {
        JsonNode begun = event.path("content_block");
        if (!begun.isObject()) {
            throw ReplyReading.unreadable("a block of its stream is no block", null);
        }
        StreamedBlock block = blocks.begin(index(event));
        switch (begun.path("type").asText()) {
            case "text" -> block.text(begun.path("text"));
            case "thinking" -> {
                block.reasoning(begun.path("thinking"));
                block.signature(begun.path("signature"));
            }
            case "tool_use" -> {
                StreamedCall call = block.begunCall();
                call.id(begun.path("id"));
                call.name(begun.path("name"));
                call.input(begun.path("input"));
            }
            default -> block.other(begun);
        }
    }

    private void delta(JsonNode event) {
        JsonNode delta = event.path("delta");
        if (!delta.isObject()) {
            throw ReplyReading.unreadable("a part of its stream is no part", null);
        }
        StreamedBlock block = blocks.at(index(event));
        switch (delta.path("type").asText()) {
            case "text_delta" -> block.text(delta.path("text"));
            case "thinking_delta" -> block.reasoning(delta.path("thinking"));
            case "signature_delta" -> block.signature(delta.path("signature"));
            case "input_json_delta" -> {
                if (block.other() == null) {
                    block.begunCall().input(delta.path("partial_json"));
                }
            }
            default -> {
                // citations_delta, and what is yet to be invented
            }
        }
    }

    @Override
    public void text(String piece, Consumer<Part> out) {
        emitter().text(piece, out);
    }

    @Override
    public boolean reasoning(String piece, Consumer<Part> out) {
        emitter().reasoning(piece, out);
        return true;
    }

    @Override
    void finish(Consumer<Part> parts) {
        blocks.endAll();
        blocks.give(parts);
    }

    @Override
    ObjectNode joined() {
        if (!usage.has(OUTPUT) && usage().outputTokens() != null) {
            usage.put(OUTPUT, usage().outputTokens());
        }
        ArrayNode content = body.putArray("content");
        blocks.all().forEach(block -> write(block, content));
        return body;
    }

    private static void write(StreamedBlock block, ArrayNode content) {
        if (block.other() != null) {
            content.add(block.other());
        }
        if (!block.reasoning().isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", block.reasoning())
                    .put("signature", block.signature());
        }
        if (!block.text().isEmpty()) {
            content.add(AnthropicBlocks.text(block.text()));
        }
        StreamedCall call = block.call();
        if (call != null) {
            ObjectNode use = content.addObject().put("type", "tool_use");
            use.put("id", call.id()).put("name", call.name());
            set(use, "input", call.joinedInput());
        }
    }

    @Override
    Usage usage(Usage counted) {
        Usage said = AnthropicMessages.usage(body, counted);
        return said.outputTokens() != null
                ? said
                : new Usage(said.inputTokens(), outputAtStart, said.cacheReadTokens(), said.cacheWriteTokens());
    }
}
