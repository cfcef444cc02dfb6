package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tool calls of one reply.
 *
 * <p>A call counts only when its arguments are a JSON object; absent ones and the empty text are {@code {}}. If those
 * of any call are something else (cut off, or not JSON), the reply has no calls, and what was written as arguments
 * stays visible as text: nobody runs a tool on half an order, and whoever checks the answer sees what is wrong.
 *
 * @param calls the calls, in order; empty when one of them cannot be read
 * @param unread arguments that are no object, as they came; empty when all can be read
 */
record ToolCallReading(List<Block.ToolUse> calls, String unread) {

    /**
     * OpenAI's manner: {@code [{"id", "function": {"name", "arguments": "<JSON text>"}}]}.
     *
     * @param request what was asked; ids that are missing in the reply are made so that none of its ids returns
     */
    static ToolCallReading ofFunctions(JsonNode calls, LlmRequest request) {
        List<Named> named = new ArrayList<>();
        for (JsonNode call : calls) {
            JsonNode function = call.path("function");
            named.add(new Named(text(call.path("id")), text(function.path("name")), function.path("arguments")));
        }
        return read(named, request);
    }

    /** Cohere's manner: {@code [{"name", "parameters": {…}}]}, without ids. */
    static ToolCallReading ofParameters(JsonNode calls, LlmRequest request) {
        List<Named> named = new ArrayList<>();
        for (JsonNode call : calls) {
            named.add(new Named("", text(call.path("name")), call.path("parameters")));
        }
        return read(named, request);
    }

    /** What the answer says: its text, and below it the arguments that cannot be read. */
    String textWith(String text) {
        if (unread.isEmpty() || text.isBlank()) {
            return unread.isEmpty() ? text : unread;
        }
        return text + "\n\n" + unread;
    }

    private record Named(String id, String name, JsonNode arguments) {}

    private static String text(JsonNode node) {
        return node.isTextual() ? Texts.wellFormed(node.textValue()) : "";
    }

    private static ToolCallReading read(List<Named> named, LlmRequest request) {
        Set<String> used = usedIds(request);
        List<Block.ToolUse> calls = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        for (Named call : named) {
            if (call.name().isEmpty()) {
                throw ReplyReading.unreadable("a tool call has no name", null);
            }
            JsonNode input = object(call.arguments());
            if (input == null) {
                JsonNode raw = call.arguments();
                unread.add(Texts.wellFormed(raw.isTextual() ? raw.textValue() : raw.toString()));
            } else {
                String id = call.id().isEmpty() ? newId(used) : call.id();
                used.add(id);
                calls.add(new Block.ToolUse(id, call.name(), wellFormed(input)));
            }
        }
        return unread.isEmpty()
                ? new ToolCallReading(calls, "")
                : new ToolCallReading(List.of(), String.join("\n", unread));
    }

    /** The arguments as an object, or null. */
    private static JsonNode object(JsonNode arguments) {
        if (arguments.isObject()) {
            return arguments;
        }
        if (arguments.isMissingNode() || arguments.isNull()) {
            return Json.object();
        }
        if (!arguments.isTextual()) {
            return null;
        }
        if (arguments.textValue().isBlank()) {
            return Json.object();
        }
        try {
            JsonNode read = Json.read(arguments.textValue().getBytes(StandardCharsets.UTF_8));
            return read.isObject() ? read : null;
        } catch (JsonProcessingException e) {
            // Then the text itself is what the caller sees.
            return null;
        }
    }

    /** The same with each half of a surrogate pair, which an escape can spell and no UTF-8, replaced. */
    private static JsonNode wellFormed(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(Texts.wellFormed(node.textValue()));
        }
        if (node.isArray()) {
            ArrayNode mended = Json.mapper().createArrayNode();
            node.forEach(element -> mended.add(wellFormed(element)));
            return mended;
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode mended = Json.object();
        node.properties()
                .forEach(member -> mended.set(Texts.wellFormed(member.getKey()), wellFormed(member.getValue())));
        return mended;
    }

    private static Set<String> usedIds(LlmRequest request) {
        Set<String> used = new HashSet<>();
        request.messages().stream()
                .flatMap(message -> message.content().stream())
                .filter(Block.ToolUse.class::isInstance)
                .forEach(block -> used.add(((Block.ToolUse) block).id()));
        return used;
    }

    private static String newId(Set<String> used) {
        int number = used.size() + 1;
        while (used.contains("call_" + number)) {
            number++;
        }
        return "call_" + number;
    }
}
