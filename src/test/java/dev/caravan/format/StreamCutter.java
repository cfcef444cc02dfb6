package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Cuts unary bodies into the events that the same answer would have come in, anew for each seed. */
final class StreamCutter {
    private static final String METRICS = "amazon-bedrock-invocationMetrics";
    private static final String GUARDRAIL = "amazon-bedrock-guardrailAction";

    private final Random random;

    StreamCutter(long seed) {
        random = new Random(seed);
    }

    List<StreamRun.Event> cut(String format, JsonNode body) {
        List<ObjectNode> events = switch (format) {
            case "anthropic-messages" -> anthropic(body);
            case "converse", "nova-messages-v1" -> converse(body, format.startsWith("nova"));
            case "openai-chat", "mistral-chat", "jamba-chat" -> chat(body, format.startsWith("mistral"));
            case "cohere-chat" -> cohere(body);
            default -> throw new IllegalArgumentException(format);
        };
        if (body.has(GUARDRAIL)) {
            events.get(random.nextInt(events.size())).set(GUARDRAIL, body.get(GUARDRAIL));
        }
        return events.stream()
                .map(event -> format.equals("converse") ? StreamRun.named(event) : new StreamRun.Event("chunk", event))
                .toList();
    }

    /** From 0 to below the bound. */
    int number(int bound) {
        return random.nextInt(bound);
    }

    /** The text in pieces, some of which are empty; none for no text. */
    List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextBoolean() ? 3 : 20));
            pieces.add(text.substring(from, to));
            if (random.nextInt(8) == 0) {
                pieces.add("");
            }
            from = to;
        }
        return pieces;
    }

    private static ObjectNode node(String name, String value) {
        return Json.object().put(name, value);
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    private static void copy(JsonNode from, ObjectNode to, String... names) {
        for (String name : names) {
            if (from.has(name)) {
                to.set(name, from.get(name));
            }
        }
    }

    private static boolean counts(JsonNode body, String input, String output) {
        JsonNode usage = body.path("usage");
        return ReplyReading.count(usage.path(input), null) != null
                && ReplyReading.count(usage.path(output), null) != null;
    }

    private List<ObjectNode> anthropic(JsonNode body) {
        List<ObjectNode> events = new ArrayList<>();
        ObjectNode start = node("type", "message_start");
        ObjectNode message = start.putObject("message");
        copy(body, message, "id", "type", "role", "model");
        message.putArray("content");
        message.putNull("stop_reason");
        ObjectNode begun = message.putObject("usage");
        copy(body.path("usage"), begun, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
        boolean counts = counts(body, "input_tokens", "output_tokens");
        if (counts) {
            begun.put("output_tokens", 1);
        }
        events.add(start);
        events.add(node("type", "ping"));
        List<List<ObjectNode>> blocks = new ArrayList<>();
        for (JsonNode block : body.path("content")) {
            int index = blocks.size();
            blocks.add(indexed(anthropicBlock(block), event -> event.put("index", index)));
        }
        events.addAll(merged(blocks));
        ObjectNode delta = node("type", "message_delta");
        copy(body, delta.putObject("delta"), "stop_reason", "stop_sequence");
        copy(body.path("usage"), delta.putObject("usage"), "output_tokens");
        events.add(delta);
        ObjectNode stop = node("type", "message_stop");
        if (counts) {
            stop.putObject(METRICS).put("inputTokenCount", 999).put("outputTokenCount", 998);
        }
        events.add(stop);
        return events;
    }

    private List<ObjectNode> anthropicBlock(JsonNode block) {
        List<ObjectNode> events = new ArrayList<>();
        ObjectNode start = node("type", "content_block_start");
        ObjectNode begun = block.deepCopy();
        start.set("content_block", begun);
        events.add(start);
        switch (block.path("type").asText()) {
            case "text" -> {
                begun.put("text", "");
                cutTo(events, "text_delta", "text", text(block.path("text")));
            }
            case "thinking" -> {
                begun.put("thinking", "").put("signature", "");
                cutTo(events, "thinking_delta", "thinking", text(block.path("thinking")));
                cutTo(events, "signature_delta", "signature", text(block.path("signature")));
            }
            case "tool_use" -> {
                JsonNode input = block.path("input");
                if (!input.isMissingNode() && !input.isNull()) {
                    begun.set("input", Json.object());
                }
                boolean silent = input.isObject() && input.isEmpty() && random.nextBoolean();
                cutTo(events, "input_json_delta", "partial_json", silent ? "" : jsonText(input));
            }
            default -> {
                // comes whole
            }
        }
        events.add(node("type", "content_block_stop"));
        return events;
    }

    private static String jsonText(JsonNode input) {
        return input.isTextual() ? input.textValue() : input.isMissingNode() || input.isNull() ? "" : input.toString();
    }

    private void cutTo(List<ObjectNode> events, String type, String name, String text) {
        for (String piece : pieces(text)) {
            ObjectNode event = node("type", "content_block_delta");
            event.putObject("delta").put("type", type).put(name, piece);
            events.add(event);
        }
    }

    private static List<ObjectNode> indexed(List<ObjectNode> events, Function<ObjectNode, ObjectNode> index) {
        events.forEach(index::apply);
        return events;
    }

    /** One block after the other; or all begun first, in order, and then mixed. */
    private List<ObjectNode> merged(List<List<ObjectNode>> blocks) {
        List<ObjectNode> events = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            blocks.forEach(events::addAll);
            return events;
        }
        List<List<ObjectNode>> left = new ArrayList<>();
        for (List<ObjectNode> block : blocks) {
            if (!block.isEmpty()) {
                events.add(block.get(0));
                left.add(new ArrayList<>(block.subList(1, block.size())));
            }
        }
        left.removeIf(List::isEmpty);
        while (!left.isEmpty()) {
            List<ObjectNode> one = left.get(random.nextInt(left.size()));
            events.add(one.remove(0));
            left.removeIf(List::isEmpty);
        }
        return events;
    }

    private List<ObjectNode> converse(JsonNode body, boolean nova) {
        List<ObjectNode> events = new ArrayList<>();
        events.add(Json.object().set("messageStart", node("role", "assistant")));
        List<List<ObjectNode>> blocks = new ArrayList<>();
        int index = 0;
        for (JsonNode block : body.path("output").path("message").path("content")) {
            List<ObjectNode> cut = converseBlock(block);
            boolean apart = nova && block.has("text");
            for (ObjectNode event : cut) {
                int at = index;
                event.properties().forEach(member -> ((ObjectNode) member.getValue()).put("contentBlockIndex", at));
                index += apart ? 1 : 0;
            }
            blocks.add(apart ? withStops(cut) : cut);
            index++;
        }
        if (nova) {
            blocks.forEach(events::addAll);
        } else {
            events.addAll(merged(blocks));
        }
        ObjectNode stop = Json.object();
        copy(body, stop, "stopReason");
        events.add(Json.object().set("messageStop", stop));
        ObjectNode metadata = Json.object();
        copy(body, metadata, "usage", "metrics");
        events.add(Json.object().set("metadata", metadata));
        if (nova && counts(body, "inputTokens", "outputTokens")) {
            events.get(events.size() - 1)
                    .putObject(METRICS)
                    .put("inputTokenCount", 999)
                    .put("outputTokenCount", 9);
        }
        return events;
    }

    private static List<ObjectNode> withStops(List<ObjectNode> deltas) {
        List<ObjectNode> events = new ArrayList<>();
        for (ObjectNode delta : deltas.subList(0, deltas.size() - 1)) {
            events.add(delta);
            ObjectNode stop = Json.object();
            stop.set("contentBlockIndex", delta.path("contentBlockDelta").path("contentBlockIndex"));
            events.add(Json.object().set("contentBlockStop", stop));
        }
        return events;
    }

    private List<ObjectNode> converseBlock(JsonNode block) {
        List<ObjectNode> events = new ArrayList<>();
        for (String piece : pieces(textOf(block))) {
            events.add(delta(node("text", piece)));
        }
        JsonNode reasoning = block.path("reasoningContent");
        for (String piece : pieces(text(reasoning.path("reasoningText").path("text")))) {
            events.add(delta(Json.object().set("reasoningContent", node("text", piece))));
        }
        if (reasoning.path("reasoningText").has("signature")) {
            events.add(delta(Json.object().set("reasoningContent", node("signature", "Eq"))));
        }
        if (reasoning.has("redactedContent")) {
            events.add(delta(Json.object().set("reasoningContent", reasoning)));
        }
        JsonNode use = block.path("toolUse");
        if (use.isObject()) {
            ObjectNode begun = Json.object();
            copy(use, begun, "toolUseId", "name");
            ObjectNode start = Json.object();
            start.putObject("start").set("toolUse", begun);
            events.add(0, Json.object().set("contentBlockStart", start));
            for (String piece : pieces(jsonText(use.path("input")))) {
                events.add(delta(Json.object().set("toolUse", node("input", piece))));
            }
        }
        events.add(Json.object().set("contentBlockStop", Json.object()));
        return events;
    }

    private static String textOf(JsonNode block) {
        StringBuilder text = new StringBuilder(text(block.path("text")));
        block.path("citationsContent")
                .path("content")
                .forEach(part -> text.append(part.path("text").asText()));
        return text.toString();
    }

    private static ObjectNode delta(JsonNode delta) {
        ObjectNode event = Json.object();
        event.putObject("contentBlockDelta").set("delta", delta);
        return event;
    }

    private List<ObjectNode> chat(JsonNode body, boolean mistral) {
        JsonNode choice = body.path("choices").path(0);
        JsonNode message = choice.path("message");
        boolean whole = mistral && random.nextBoolean();
        List<ObjectNode> events = new ArrayList<>();
        events.add(chunk(node("role", "assistant").put("content", ""), whole));
        for (String name : List.of("reasoning_content", "reasoning")) {
            for (String piece : pieces(text(message.path(name)))) {
                ObjectNode delta = node(name, piece);
                if (random.nextBoolean()) {
                    delta.putNull("content");
                }
                events.add(chunk(delta, whole));
            }
        }
        if (message.path("content").isArray()) {
            for (JsonNode part : message.path("content")) {
                ObjectNode delta = Json.object();
                delta.putArray("content").add(part);
                events.add(chunk(delta, whole));
            }
        } else {
            for (String piece : pieces(text(message.path("content")))) {
                events.add(chunk(node("content", piece), whole));
            }
        }
        for (String piece : pieces(text(message.path("refusal")))) {
            events.add(chunk(node("refusal", piece), whole));
        }
        events.addAll(calls(message.path("tool_calls"), whole));
        ObjectNode last = chunk(Json.object(), whole);
        copy(choice, (ObjectNode) last.path("choices").path(0), "finish_reason", "stop_reason");
        events.add(last);
        if (body.has("usage")) {
            ObjectNode counts = random.nextBoolean() ? last : Json.object();
            counts.set("usage", body.get("usage"));
            if (counts != last) {
                counts.putArray("choices");
                events.add(counts);
            }
        }
        return events;
    }

    private List<ObjectNode> calls(JsonNode calls, boolean whole) {
        List<ObjectNode> events = new ArrayList<>();
        List<List<ObjectNode>> cut = new ArrayList<>();
        boolean repeated = random.nextBoolean();
        for (JsonNode call : calls) {
            List<ObjectNode> pieces = new ArrayList<>();
            ObjectNode first = call.deepCopy();
            first.put("index", cut.size());
            String arguments = jsonText(call.path("function").path("arguments"));
            if (first.path("function").has("arguments") && !arguments.isEmpty()) {
                ((ObjectNode) first.get("function")).put("arguments", "");
            }
            pieces.add(first);
            for (String piece : pieces(arguments)) {
                ObjectNode more = Json.object().put("index", cut.size());
                if (repeated) {
                    copy(call, more, "id");
                }
                more.putObject("function").put("arguments", piece);
                pieces.add(more);
            }
            cut.add(pieces);
        }
        for (ObjectNode piece : merged(cut)) {
            ObjectNode delta = Json.object();
            delta.putArray("tool_calls").add(piece);
            events.add(chunk(delta, whole));
        }
        return events;
    }

    private ObjectNode chunk(ObjectNode delta, boolean message) {
        ObjectNode chunk = node("object", "chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set(message ? "message" : "delta", delta);
        choice.putNull(message ? "stop_reason" : "finish_reason");
        if (random.nextInt(4) == 0) {
            chunk.putNull("usage");
        }
        return chunk;
    }

    private List<ObjectNode> cohere(JsonNode body) {
        List<ObjectNode> events = new ArrayList<>();
        events.add(node("event_type", "stream-start").put("is_finished", false));
        for (String piece : pieces(text(body.path("text")))) {
            events.add(node("event_type", "text-generation").put("text", piece));
        }
        boolean told = random.nextBoolean();
        if (told && body.path("tool_calls").isArray()) {
            ObjectNode calls = node("event_type", "tool-calls-generation");
            calls.set("tool_calls", body.get("tool_calls"));
            events.add(calls);
        }
        ObjectNode end = node("event_type", "stream-end").put("is_finished", true);
        copy(body, end, "finish_reason");
        end.set("response", body);
        events.add(end);
        return events;
    }

    /** Half of the events left out, and some in another place. */
    List<StreamRun.Event> spoiled(List<StreamRun.Event> events) {
        List<StreamRun.Event> spoiled = new ArrayList<>(events);
        spoiled.removeIf(event -> random.nextInt(4) == 0);
        for (int i = 0; spoiled.size() > 1 && i < 2; i++) {
            spoiled.add(random.nextInt(spoiled.size()), spoiled.get(random.nextInt(spoiled.size())));
        }
        for (StreamRun.Event odd : Arrays.asList(
                new StreamRun.Event("chunk", Json.object()), new StreamRun.Event("unknown", Json.object()))) {
            spoiled.add(random.nextInt(spoiled.size() + 1), odd);
        }
        return spoiled;
    }
}
