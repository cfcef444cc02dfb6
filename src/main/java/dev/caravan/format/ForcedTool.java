package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import java.util.List;

/**
 * A demand for the call of a tool, as its model takes it. A model that cannot be made to call one is not asked in the hope
 * that it does.
 *
 * @param tools what to offer: all of the request's, or only the one that is wanted
 * @param choice ANY, or TOOL with a name
 */
public record ForcedTool(List<Tool> tools, ToolChoice choice) {

    /**
     * The demand of a request whose choice is ANY or TOOL. A tool that the model cannot be told by name is offered alone.
     *
     * @throws LlmException {@code invalid_request} when the choice names none of the tools, or the model cannot be made to
     *     call one
     */
    static ForcedTool of(LlmRequest request, Model model) {
        ToolChoice choice = request.toolChoice();
        boolean named = choice.mode() == Mode.TOOL;
        List<Tool> wanted = named ? only(request.tools(), choice.name()) : request.tools();
        require(request, model);
        List<Model.ToolChoice> kinds = model.rules().toolChoice();
        if (named && kinds.contains(Model.ToolChoice.TOOL)) {
            return new ForcedTool(request.tools(), choice);
        }
        return kinds.contains(Model.ToolChoice.ANY)
                ? new ForcedTool(wanted, ToolChoice.of(Mode.ANY))
                : new ForcedTool(wanted, ToolChoice.tool(wanted.get(0).name()));
    }

    private static List<Tool> only(List<Tool> tools, String name) {
        List<Tool> only =
                tools.stream().filter(tool -> tool.name().equals(name)).toList();
        if (only.isEmpty()) {
            throw LlmException.invalid("tool_choice: no tool of the request is called '" + name + "'.");
        }
        return only;
    }

    /**
     * Nothing happens when the request leaves the choice to the model. A tool can be named by being the only one of which
     * one must be called, and the other way round; a model that always thinks refuses both.
     *
     * @throws LlmException {@code invalid_request} when the request demands a call that the model cannot be made to make
     */
    public static void require(LlmRequest request, Model model) {
        ToolChoice choice = request.toolChoice();
        if (choice == null || choice.mode() == Mode.AUTO || choice.mode() == Mode.NONE) {
            return;
        }
        List<Model.ToolChoice> kinds = model.rules().toolChoice();
        boolean one = choice.mode() == Mode.TOOL || request.tools().size() == 1;
        boolean said = kinds.contains(Model.ToolChoice.ANY) || one && kinds.contains(Model.ToolChoice.TOOL);
        if (!said || model.rules().thinking() == Thinking.ALWAYS) {
            throw LlmException.invalid(
                    "tool_choice: " + model.id() + " decides itself whether it calls a tool; it cannot be made to.");
        }
    }
}
