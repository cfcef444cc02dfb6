package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.Tool;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.stream.Collectors;

/** Tools, calls and results as Llama 3.1 and later read them: JSON in the text of a turn. */
final class LlamaToolText {
    private static final String INVITATION = "These functions can be called; each line is one, with its parameters as"
            + " a JSON Schema. A call is JSON of this form:"
            + " {\"name\": <name of the function>, \"parameters\": <object with its arguments>}. "
            + "When a function helps to answer, reply with the call alone; otherwise answer in plain text.\n\n";

    private LlamaToolText() {}

    static String definitions(List<Tool> tools) {
        return tools.stream().map(LlamaToolText::definition).collect(Collectors.joining("\n", INVITATION, ""));
    }

    private static String definition(Tool tool) {
        ObjectNode definition = Json.object().put("type", "function");
        ObjectNode function = definition.putObject("function").put("name", tool.name());
        if (tool.description() != null) {
            function.put("description", tool.description());
        }
        function.set("parameters", tool.inputSchema());
        return definition.toString();
    }

    static String call(Block.ToolUse call) {
        return "{\"name\": " + TextNode.valueOf(call.name()) + ", \"parameters\": " + call.input() + "}";
    }

    /** The format has no place for a failure, so it is said in the content. */
    static String result(Block.ToolResult result) {
        return result.error() ? Json.object().put("error", result.text()).toString() : result.text();
    }
}
