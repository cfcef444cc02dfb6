package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What the body of Converse and Nova's native one have in common (botocore model of bedrock-runtime, shape
 * {@code ConverseRequest}; Amazon Nova user guide, "Complete request schema").
 */
final class ConverseBody {
    /** A tool result must have content, and blank texts are refused. */
    private static final String NO_RESULT = "(no output)";

    private ConverseBody() {}

    static void writeSystem(List<String> texts, ObjectNode body) {
        if (!texts.isEmpty()) {
            ArrayNode system = body.putArray("system");
            texts.forEach(text -> system.addObject().put("text", text));
        }
    }

    /** The turns with the system texts in front of the first user text, for models that have no system prompt. */
    static List<Message> withSystemInFront(Turns turns) {
        String system = turns.systemText();
        if (system == null || turns.turns().isEmpty()) {
            return turns.turns();
        }
        List<Message> all = new ArrayList<>(turns.turns());
        List<Block> first = new ArrayList<>(all.get(0).content());
        if (first.get(0) instanceof Block.Text text) {
            first.set(0, new Block.Text(system + "\n\n" + text.text()));
        } else {
            first.add(0, new Block.Text(system));
        }
        all.set(0, new Message(Role.USER, first));
        return all;
    }

    /** @param status whether the model takes the field {@code status} of a tool result */
    static void writeMessages(List<Message> turns, boolean status, ObjectNode body) {
        ArrayNode messages = body.putArray("messages");
        for (Message turn : turns) {
            ArrayNode content =
                    messages.addObject().put("role", turn.role().word()).putArray("content");
            History.resultsFirst(turn.content()).forEach(block -> content.add(block(block, status)));
        }
    }

    private static ObjectNode block(Block block, boolean status) {
        ObjectNode node = Json.object();
        if (block instanceof Block.ToolUse use) {
            node.putObject("toolUse")
                    .put("toolUseId", use.id())
                    .put("name", use.name())
                    .set("input", use.input());
            return node;
        }
        if (block instanceof Block.ToolResult result) {
            String text = result.text().isBlank() ? NO_RESULT : result.text();
            ObjectNode inner = node.putObject("toolResult").put("toolUseId", result.toolUseId());
            inner.putArray("content").addObject().put("text", result.error() && !status ? "Error: " + text : text);
            if (result.error() && status) {
                inner.put("status", "error");
            }
            return node;
        }
        return node.put("text", ((Block.Text) block).text());
    }

    /** Only what is given, and nothing at all when nothing is. */
    static void writeInference(LlmRequest request, ObjectNode body) {
        ObjectNode inference = Json.object();
        if (request.maxTokens() != null) {
            inference.put("maxTokens", request.maxTokens());
        }
        if (request.temperature() != null) {
            inference.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            inference.put("topP", request.topP());
        }
        if (!request.stop().isEmpty()) {
            ArrayNode stop = inference.putArray("stopSequences");
            request.stop().forEach(stop::add);
        }
        if (!inference.isEmpty()) {
            body.set("inferenceConfig", inference);
        }
    }

    /** @param schema what a tool's schema becomes for the model */
    static void writeTools(ToolOffer offer, UnaryOperator<JsonNode> schema, ObjectNode body) {
        if (offer.tools().isEmpty()) {
            return;
        }
        ObjectNode config = body.putObject("toolConfig");
        ArrayNode tools = config.putArray("tools");
        for (Tool tool : offer.tools()) {
            ObjectNode spec = tools.addObject().putObject("toolSpec").put("name", tool.name());
            if (tool.description() != null && !tool.description().isBlank()) {
                spec.put("description", tool.description());
            }
            spec.putObject("inputSchema").set("json", schema.apply(tool.inputSchema()));
        }
        ToolChoice choice = offer.choice();
        if (choice != null) {
            ObjectNode kind = config.putObject("toolChoice")
                    .putObject(choice.mode().name().toLowerCase(Locale.ROOT));
            if (choice.name() != null) {
                kind.put("name", choice.name());
            }
        }
    }
}
