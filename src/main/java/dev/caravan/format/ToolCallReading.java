package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The tool calls of one reply.
 *
 * <p>A call counts only when its arguments are a JSON object, or the text of one. Absent ones and the empty text are
 * {@code {}}, but not where a schema is asked for: there the arguments are the answer, and none is no answer. If those of
 * any call are something else (cut off, or not JSON), the reply has no calls, and what was written as arguments stays
 * visible as text: nobody runs a tool on half an order, and whoever checks the answer sees what is wrong.
 *
 * @param calls the calls, in order; empty when one of them cannot be read
 * @param unread calls whose arguments are no object; empty when all can be read
 */
record ToolCallReading(List<Block.ToolUse> calls, List<UnreadCall> unread) {

    /**
     * OpenAI's manner: {@code [{"id", "function": {"name", "arguments": "<JSON text>"}}]}.
     *
     * @param request what was asked; ids that are missing in the reply are made so that none of its ids returns
     */
    static ToolCallReading ofFunctions(JsonNode calls, LlmRequest request) {
        List<Named> named = new ArrayList<>();
        for (JsonNode call : calls) {
            JsonNode function = call.path("function");
            named.add(Named.of(call.path("id"), function.path("name"), function.path("arguments")));
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

    /**
     * Anthropic's and Converse's manner: blocks amid the content, each with an id of its own.
     *
     * @throws dev.caravan.error.LlmException {@code provider_error} for a call without id or name
     */
    static ToolCallReading ofBlocks(List<Named> blocks, LlmRequest request) {
        if (blocks.stream().anyMatch(block -> block.id().isEmpty())) {
            throw ReplyReading.unreadable("it calls a tool without id or name", null);
        }
        return read(blocks, request);
    }

    /** Whether nothing was called, not even with an input that cannot be read. */
    boolean isEmpty() {
        return calls.isEmpty() && unread.isEmpty();
    }

    /** What the answer says: its text, and below it the arguments that cannot be read. */
    String textWith(String text) {
        if (unread.isEmpty()) {
            return text;
        }
        String inputs = unread.stream()
                .map(UnreadCall::input)
                .filter(input -> !input.isEmpty())
                .collect(Collectors.joining("\n"));
        if (inputs.isEmpty()) {
            return text;
        }
        return text.isBlank() ? inputs : text + "\n\n" + inputs;
    }

    /** A call as it came; id and name are empty when there are none. */
    record Named(String id, String name, JsonNode arguments) {
        static Named of(JsonNode id, JsonNode name, JsonNode arguments) {
            return new Named(text(id), text(name), arguments);
        }
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? Texts.wellFormed(node.textValue()) : "";
    }

    private static ToolCallReading read(List<Named> named, LlmRequest request) {
        CallIds ids = new CallIds(request);
        named.forEach(call -> ids.use(call.id()));
        List<Block.ToolUse> calls = new ArrayList<>();
        List<UnreadCall> unread = new ArrayList<>();
        for (Named call : named) {
            if (call.name().isEmpty()) {
                throw ReplyReading.unreadable("a tool call has no name", null);
            }
            String id = call.id().isEmpty() ? ids.next() : call.id();
            JsonNode input = ToolCalls.object(call.arguments());
            boolean noAnswer = request.structured() != null && ToolCalls.isAbsent(call.arguments());
            if (input == null || noAnswer) {
                unread.add(new UnreadCall(id, call.name(), ToolCalls.written(call.arguments())));
            } else {
                calls.add(new Block.ToolUse(id, call.name(), input));
            }
        }
        return unread.isEmpty() ? new ToolCallReading(calls, unread) : new ToolCallReading(List.of(), unread);
    }
}
