package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.Message;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Locale;

/** Messages and tools as Anthropic writes them. */
final class AnthropicBlocks {
    private AnthropicBlocks() {}

    /** One text stays a string; several blocks keep their borders. */
    static ObjectNode turn(Message message) {
        ObjectNode turn = Json.object().put("role", message.role().word());
        List<Block> blocks = History.resultsFirst(message.content());
        if (blocks.size() == 1 && blocks.get(0) instanceof Block.Text text) {
            return turn.put("content", text.text());
        }
        ArrayNode content = turn.putArray("content");
        blocks.forEach(block -> content.add(block(block)));
        return turn;
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    private static ObjectNode block(Block block) {
        if (block instanceof Block.ToolUse use) {
            ObjectNode node = Json.object().put("type", "tool_use").put("id", use.id());
            return node.put("name", use.name()).set("input", use.input());
        }
        if (block instanceof Block.ToolResult result) {
            ObjectNode node = Json.object().put("type", "tool_result").put("tool_use_id", result.toolUseId());
            if (!result.text().isBlank()) {
                node.put("content", result.text());
            }
            return result.error() ? node.put("is_error", true) : node;
        }
        return text(((Block.Text) block).text());
    }

    static void writeTools(ToolOffer offer, ObjectNode body) {
        if (offer.tools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Tool tool : offer.tools()) {
            ObjectNode node = tools.addObject().put("name", tool.name());
            if (tool.description() != null && !tool.description().isBlank()) {
                node.put("description", tool.description());
            }
            node.set("input_schema", tool.inputSchema());
        }
        ToolChoice choice = offer.choice();
        if (choice != null) {
            ObjectNode node = body.putObject("tool_choice")
                    .put("type", choice.mode().name().toLowerCase(Locale.ROOT));
            if (choice.name() != null) {
                node.put("name", choice.name());
            }
        }
    }
}
