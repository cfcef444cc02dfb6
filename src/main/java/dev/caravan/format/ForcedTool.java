package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import java.util.List;

/** Whether a model can be made to call a tool. One that cannot is not asked in the hope that it does. */
public final class ForcedTool {
    private ForcedTool() {}

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
