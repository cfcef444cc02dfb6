package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import java.util.List;

/**
 * Tools and the choice among them as far as the model's rules go. A choice that the model does not know is said in
 * another way where that is possible: a named tool as the only tool of which one must be called, none by leaving the
 * tools out.
 *
 * @param tools what to offer; empty for none
 * @param mode the choice to write; null to write none
 * @param name the tool's name with {@link Mode#TOOL}, else null
 */
record OfferedTools(List<Tool> tools, Mode mode, String name) {
    private static final OfferedTools NONE = new OfferedTools(List.of(), null, null);

    /** @throws LlmException {@code invalid_request} when the model takes no tools, or no such choice */
    static OfferedTools of(LlmRequest request, Model model) {
        List<Tool> tools = request.tools();
        ToolChoice choice = request.toolChoice();
        if (tools.isEmpty()) {
            return NONE;
        }
        if (!model.capabilities().tools()) {
            throw LlmException.invalid("tools: " + model.id() + " does not take tools.");
        }
        if (choice == null || choice.mode() == Mode.AUTO) {
            return new OfferedTools(tools, choice == null ? null : Mode.AUTO, null);
        }
        if (choice.mode() == Mode.NONE) {
            return model.rules().toolChoice().contains(Model.ToolChoice.NONE)
                    ? new OfferedTools(tools, Mode.NONE, null)
                    : NONE;
        }
        ForcedTool forced = ForcedTool.of(request, model);
        return new OfferedTools(
                forced.tools(), forced.choice().mode(), forced.choice().name());
    }
}
