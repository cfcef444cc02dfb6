package dev.caravan.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as Cohere's chat body wants it.
 *
 * <p>The message is the last text of the user, several blocks of it joined by a blank line. Results that came with or
 * after it go into {@code tool_results}, each with the call it answers, in order; what the assistant said between
 * those calls has no place in the body and is left out. Calls and results of earlier questions stand in the history as
 * JSON text, since the history is documented with text only.
 *
 * @param history what was said before, no two neighbours of one role
 * @param message the user's last text
 * @param results entries of {@code tool_results}
 * @param preamble the system texts, a blank line between them; null when there are none
 */
record CohereTurns(List<Line> history, String message, List<ObjectNode> results, String preamble) {

    /** One entry of the history. */
    record Line(String role, String message) {}

    /** @throws LlmException {@code invalid_request} when the last word is not the user's or a result answers no call */
    static CohereTurns of(LlmRequest request) {
        Turns turns = Turns.of(request);
        int last = lastUserText(turns);
        List<ObjectNode> results = new ArrayList<>();
        for (int i = last; i < turns.turns().size(); i++) {
            for (Block block : turns.turns().get(i).content()) {
                if (block instanceof Block.ToolResult result) {
                    results.add(result(result, turns.turns().subList(0, i)));
                }
            }
        }
        boolean answeredNow = turns.turns().get(last).content().stream().anyMatch(Block.ToolResult.class::isInstance);
        return new CohereTurns(
                history(turns.turns().subList(0, last), answeredNow),
                ChatBody.text(turns.turns().get(last)),
                results,
                turns.systemText());
    }

    private static int lastUserText(Turns turns) {
        if (turns.turns().isEmpty() || turns.endsWithPrefill()) {
            throw LlmException.invalid("messages: the last message must be the user's.");
        }
        for (int i = turns.turns().size() - 1; i >= 0; i--) {
            Message turn = turns.turns().get(i);
            if (turn.role() == Role.USER && !ChatBody.text(turn).isEmpty()) {
                return i;
            }
        }
        throw LlmException.invalid("messages: there must be a text of the user.");
    }

    /** The calls of the last turn are left to {@code tool_results} when these answer them. */
    private static List<Line> history(List<Message> turns, boolean answeredNow) {
        List<Line> history = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            boolean withCalls = !answeredNow || i < turns.size() - 1;
            String text = lines(turn, withCalls, turns.subList(0, i));
            String role = turn.role() == Role.USER ? "USER" : "CHATBOT";
            int last = history.size() - 1;
            if (text.isEmpty()) {
                continue;
            }
            if (last >= 0 && history.get(last).role().equals(role)) {
                history.set(last, new Line(role, history.get(last).message() + "\n\n" + text));
            } else {
                history.add(new Line(role, text));
            }
        }
        return List.copyOf(history);
    }

    private static String lines(Message turn, boolean withCalls, List<Message> before) {
        List<String> lines = new ArrayList<>();
        for (Block block : turn.content()) {
            if (block instanceof Block.Text text) {
                lines.add(text.text());
            } else if (block instanceof Block.ToolUse call && withCalls) {
                lines.add(text(Json.object().set("tool_call", call(call))));
            } else if (block instanceof Block.ToolResult result) {
                lines.add(text(Json.object().set("tool_result", result(result, before))));
            }
        }
        return String.join("\n\n", lines);
    }

    private static String text(JsonNode node) {
        return new String(Json.write(node), StandardCharsets.UTF_8);
    }

    private static ObjectNode call(Block.ToolUse call) {
        return Json.object().put("name", call.name()).set("parameters", call.input());
    }

    private static ObjectNode result(Block.ToolResult result, List<Message> before) {
        Block.ToolUse call = answered(result.toolUseId(), before);
        ObjectNode written = Json.object().set("call", call(call));
        written.putArray("outputs").add(output(result));
        return written;
    }

    /** The nearest call of the id, since not every model keeps its ids apart. */
    private static Block.ToolUse answered(String id, List<Message> before) {
        for (int i = before.size() - 1; i >= 0; i--) {
            for (Block block : before.get(i).content()) {
                if (block instanceof Block.ToolUse call && call.id().equals(id)) {
                    return call;
                }
            }
        }
        throw LlmException.invalid("messages: the tool result " + id + " answers no call.");
    }

    /** An output is an object: the result itself if it is one, else a field that holds its text. */
    private static JsonNode output(Block.ToolResult result) {
        if (result.error()) {
            return Json.object().put("error", result.text());
        }
        try {
            JsonNode read = Json.read(result.text().getBytes(StandardCharsets.UTF_8));
            if (read.isObject()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            // Plain text, which is a result like any other.
        }
        return Json.object().put("result", result.text());
    }
}
