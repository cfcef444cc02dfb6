package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes what bodies in OpenAI's manner have in common: {@code messages} and {@code tools}.
 *
 * <p>The system texts become one first message. A turn is one message; its texts are joined by a blank line. Results
 * of tools are messages of the role {@code tool} and come before the words of the same turn, so that they directly
 * follow the calls they answer. Content is JSON text: no user text can add a message. Markers of a model's own chat
 * template, such as {@code <|im_start|>}, stay in it as they are, since the service, not the caller, applies the
 * template here.
 */
final class ChatBody {
    private static final String BLANK_LINE = "\n\n";
    private static final String USER_SAYS = "The user says:\n";

    /**
     * How families differ in their messages.
     *
     * @param typedCalls whether a tool call has {@code "type": "function"}
     * @param assistantAfterResult whether the assistant must speak after a result, as Mistral's models want it
     *     ("Unexpected role 'user' after role 'tool'"); what the user says in the same turn is then added to the
     *     turn's last result, under a line that says so
     */
    record Manner(boolean typedCalls, boolean assistantAfterResult) {}

    private ChatBody() {}

    static void writeMessages(LlmRequest request, ArrayNode messages, Manner manner) {
        Turns turns = Turns.of(request);
        if (turns.systemText() != null) {
            messages.add(message(Role.SYSTEM.word(), turns.systemText()));
        }
        for (Message turn : turns.turns()) {
            if (turn.role() == Role.ASSISTANT) {
                messages.add(assistant(turn, manner));
            } else {
                writeUser(turn, messages, manner);
            }
        }
    }

    /** The texts of a turn, with a blank line between them. */
    static String text(Message turn) {
        return turn.content().stream()
                .filter(Block.Text.class::isInstance)
                .map(block -> ((Block.Text) block).text())
                .collect(Collectors.joining(BLANK_LINE));
    }

    static String result(Block.ToolResult result) {
        return result.error() ? "Error: " + result.text() : result.text();
    }

    private static void writeUser(Message turn, ArrayNode messages, Manner manner) {
        ObjectNode last = null;
        for (Block block : turn.content()) {
            if (block instanceof Block.ToolResult result) {
                last = Json.object()
                        .put("role", "tool")
                        .put("tool_call_id", result.toolUseId())
                        .put("content", result(result));
                messages.add(last);
            }
        }
        String text = text(turn);
        if (last == null) {
            messages.add(message(Role.USER.word(), text));
        } else if (!text.isEmpty() && manner.assistantAfterResult()) {
            last.put("content", last.get("content").textValue() + BLANK_LINE + USER_SAYS + text);
        } else if (!text.isEmpty()) {
            messages.add(message(Role.USER.word(), text));
        }
    }

    private static ObjectNode assistant(Message turn, Manner manner) {
        ObjectNode message = message(Role.ASSISTANT.word(), text(turn));
        List<Block.ToolUse> calls = turn.content().stream()
                .filter(Block.ToolUse.class::isInstance)
                .map(Block.ToolUse.class::cast)
                .toList();
        if (!calls.isEmpty()) {
            ArrayNode written = message.putArray("tool_calls");
            calls.forEach(call -> written.add(call(call, manner)));
        }
        return message;
    }

    private static ObjectNode call(Block.ToolUse call, Manner manner) {
        ObjectNode written = Json.object().put("id", call.id());
        if (manner.typedCalls()) {
            written.put("type", "function");
        }
        written.putObject("function")
                .put("name", call.name())
                .put("arguments", new String(Json.write(call.input()), StandardCharsets.UTF_8));
        return written;
    }

    private static ObjectNode message(String role, String content) {
        return Json.object().put("role", role).put("content", content);
    }

    static void writeTools(List<Tool> tools, ObjectNode body) {
        if (tools.isEmpty()) {
            return;
        }
        ArrayNode written = body.putArray("tools");
        for (Tool tool : tools) {
            ObjectNode function = written.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name());
            if (tool.description() != null) {
                function.put("description", tool.description());
            }
            function.set("parameters", tool.inputSchema());
        }
    }

    /** Fields of one name in all of these families; an absent value stays absent, 0 is a value. */
    static void writeParameters(LlmRequest request, ObjectNode body) {
        if (request.maxTokens() != null) {
            body.put("max_tokens", request.maxTokens());
        }
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put("top_p", request.topP());
        }
        writeStop("stop", request, body);
    }

    static void writeStop(String field, LlmRequest request, ObjectNode body) {
        if (!request.stop().isEmpty()) {
            request.stop().forEach(body.putArray(field)::add);
        }
    }
}
