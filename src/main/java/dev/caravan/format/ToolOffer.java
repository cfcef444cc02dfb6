package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a request's tools become for its model.
 *
 * @param tools offered to the model; those that the history names when the request gives none, because a history with
 *     calls and results is refused without tools
 * @param choice in a kind that the model takes; null to say nothing
 * @param plain whether calls and results of the history have to be told as text, because no tools are offered
 */
record ToolOffer(List<Tool> tools, ToolChoice choice, boolean plain) {
    private static final ToolOffer NOTHING = new ToolOffer(List.of(), null, true);

    ToolOffer {
        tools = List.copyOf(tools);
    }

    /**
     * @param saysNone whether the format can offer tools and forbid them at once
     * @throws LlmException {@code invalid_request} when the model takes no tools, or the choice names none of them
     */
    static ToolOffer of(LlmRequest request, Model model, boolean saysNone) {
        boolean none = request.toolChoice() != null && request.toolChoice().mode() == Mode.NONE;
        if (!model.capabilities().tools()) {
            if (!request.tools().isEmpty() && !none) {
                throw LlmException.invalid("tools: " + model.id() + " does not take tools.");
            }
            return NOTHING;
        }
        List<Tool> tools = request.tools().isEmpty() ? named(request) : request.tools();
        if (tools.isEmpty()) {
            return NOTHING;
        }
        if (none) {
            return saysNone && model.rules().toolChoice().contains(Model.ToolChoice.NONE)
                    ? new ToolOffer(tools, request.toolChoice(), false)
                    : NOTHING;
        }
        ToolChoice choice = request.tools().isEmpty() ? null : request.toolChoice();
        return choice == null ? new ToolOffer(tools, null, false) : chosen(tools, choice, model);
    }

    private static ToolOffer chosen(List<Tool> tools, ToolChoice choice, Model model) {
        if (choice.mode() == Mode.TOOL) {
            return takes(model, Model.ToolChoice.TOOL)
                    ? new ToolOffer(requireAmong(tools, choice.name()), choice, false)
                    : any(only(tools, choice.name()), model);
        }
        return choice.mode() == Mode.ANY ? any(tools, model) : auto(tools, model);
    }

    private static ToolOffer any(List<Tool> tools, Model model) {
        if (takes(model, Model.ToolChoice.ANY)) {
            return new ToolOffer(tools, ToolChoice.of(Mode.ANY), false);
        }
        return takes(model, Model.ToolChoice.TOOL) && tools.size() == 1
                ? new ToolOffer(tools, ToolChoice.tool(tools.get(0).name()), false)
                : auto(tools, model);
    }

    private static ToolOffer auto(List<Tool> tools, Model model) {
        return new ToolOffer(tools, takes(model, Model.ToolChoice.AUTO) ? ToolChoice.of(Mode.AUTO) : null, false);
    }

    /** A model that always thinks refuses to be forced. */
    private static boolean takes(Model model, Model.ToolChoice kind) {
        boolean forced = kind == Model.ToolChoice.ANY || kind == Model.ToolChoice.TOOL;
        return model.rules().toolChoice().contains(kind)
                && !(forced && model.rules().thinking() == Thinking.ALWAYS);
    }

    private static List<Tool> requireAmong(List<Tool> tools, String name) {
        only(tools, name);
        return tools;
    }

    private static List<Tool> only(List<Tool> tools, String name) {
        List<Tool> only =
                tools.stream().filter(tool -> tool.name().equals(name)).toList();
        if (only.isEmpty()) {
            throw LlmException.invalid("tool_choice: no tool of the request is called '" + name + "'.");
        }
        return only;
    }

    private static List<Tool> named(LlmRequest request) {
        return blocks(request)
                .filter(Block.ToolUse.class::isInstance)
                .map(block -> ((Block.ToolUse) block).name())
                .distinct()
                .map(name -> new Tool(name, null, Json.object().put("type", "object")))
                .toList();
    }

    private static Stream<Block> blocks(LlmRequest request) {
        return request.messages().stream().flatMap(message -> message.content().stream());
    }
}
