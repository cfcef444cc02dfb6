package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.format.ModelFormat.Operation;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The stream of ConverseStream and of Nova's native format, whose chunks hold the same events by their names: {@code
 * messageStart}, blocks with {@code contentBlockStart} (of calls only), {@code contentBlockDelta} and {@code
 * contentBlockStop}, {@code messageStop}, and behind it the counts in {@code metadata}.
 *
 * <p>Sources: botocore model of bedrock-runtime, shape {@code ConverseStreamOutput}; Amazon Nova user guide, "Invoke with
 * streaming".
 */
final class ConverseStream extends JoinedStream {
    private static final Set<String> EVENTS = Set.of(
            "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata");

    private final boolean wrapped;
    private final ConverseReply.CacheCounters cache;
    private final ObjectNode body = Json.object();
    private final StreamedBlocks blocks;

    ConverseStream(ModelFormat format, ConverseReply.CacheCounters cache, LlmRequest request, Model model) {
        super(format, request, model);
        this.cache = cache;
        wrapped = format.operation() == Operation.INVOKE_MODEL;
        ReasonedText.Manner manner = new ReasonedText.Manner(ConverseReply.planTags(request, model), false, false);
        blocks = new StreamedBlocks(new ReasonedText(manner, emitter()), emitter(), request.structured() == null);
    }

    @Override
    boolean knows(String type) {
        return wrapped ? super.knows(type) : EVENTS.contains(type);
    }

    @Override
    void event(String type, JsonNode event, Consumer<Part> parts) {
        if (!wrapped) {
            one(type, event);
        } else {
            for (Map.Entry<String, JsonNode> member : event.properties()) {
                if (EVENTS.contains(member.getKey())) {
                    one(member.getKey(), member.getValue());
                }
            }
        }
        blocks.give(parts);
    }

    private void one(String name, JsonNode event) {
        switch (name) {
            case "contentBlockStart" -> begin(event);
            case "contentBlockDelta" -> delta(event);
            case "contentBlockStop" -> blocks.end(index(event));
            case "messageStop" -> {
                body.put("stopReason", event.path("stopReason").textValue());
                blocks.endAll();
                markEnded();
            }
            case "metadata" -> {
                if (event.path("usage").isObject()) {
                    body.set("usage", event.path("usage"));
                }
            }
            default -> {
                // messageStart says who speaks, which is known
            }
        }
    }

    private static long index(JsonNode event) {
        return ReplyReading.count(event.path("contentBlockIndex"), 0L);
    }

    private void begin(JsonNode event) {
        JsonNode use = event.path("start").path("toolUse");
        StreamedBlock block = blocks.begin(index(event));
        if (use.isObject()) {
            block.begunCall().id(use.path("toolUseId"));
            block.begunCall().name(use.path("name"));
            block.begunCall().input(use.path("input"));
        }
    }

    private void delta(JsonNode event) {
        JsonNode delta = event.path("delta");
        if (!delta.isObject()) {
            throw ReplyReading.unreadable("a part of its stream is no part", null);
        }
        StreamedBlock block = blocks.at(index(event));
        block.text(delta.path("text"));
        JsonNode reasoning = delta.path("reasoningContent");
        block.reasoning(reasoning.path("text"));
        block.reasoning(reasoning.path("reasoningText").path("text"));
        block.signature(reasoning.path("signature"));
        if (reasoning.has("redactedContent")) {
            block.other(Json.object().set("reasoningContent", reasoning));
        }
        if (delta.path("toolUse").isObject()) {
            block.begunCall().input(delta.path("toolUse").path("input"));
        }
    }

    @Override
    void finish(Consumer<Part> parts) {
        blocks.endAll();
        blocks.give(parts);
    }

    @Override
    ObjectNode joined() {
        ObjectNode message = body.putObject("output").putObject("message").put("role", "assistant");
        ArrayNode content = message.putArray("content");
        blocks.all().forEach(block -> write(block, content));
        return body;
    }

    private static void write(StreamedBlock block, ArrayNode content) {
        if (block.other() != null) {
            content.add(block.other());
        }
        if (!block.reasoning().isEmpty()) {
            content.addObject()
                    .putObject("reasoningContent")
                    .putObject("reasoningText")
                    .put("text", block.reasoning())
                    .put("signature", block.signature());
        }
        if (!block.text().isEmpty()) {
            content.addObject().put("text", block.text());
        }
        StreamedCall call = block.call();
        if (call != null) {
            ObjectNode use = content.addObject().putObject("toolUse");
            use.put("toolUseId", call.id()).put("name", call.name());
            if (!call.joinedInput().isMissingNode()) {
                use.set("input", call.joinedInput());
            }
        }
    }

    @Override
    Usage usage(Usage counted) {
        return ConverseReply.usage(body.path("usage"), counted, cache);
    }
}
