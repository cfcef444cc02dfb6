package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
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
     * @throws LlmException {@code invalid_request} when the model takes no tools, the choice names none of them, or
     *     the model cannot be made to call one
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
        return request.tools().isEmpty() || request.toolChoice() == null
                ? new ToolOffer(tools, null, false)
                : chosen(request, model);
    }

    private static ToolOffer chosen(LlmRequest request, Model model) {
        List<Tool> tools = request.tools();
        ToolChoice choice = request.toolChoice();
        if (choice.mode() == Mode.AUTO) {
            return new ToolOffer(
                    tools, model.rules().toolChoice().contains(Model.ToolChoice.AUTO) ? choice : null, false);
        }
        ForcedTool forced = ForcedTool.of(request, model);
        return new ToolOffer(forced.tools(), forced.choice(), false);
    }

    /** The tools that the history calls, as far as it tells of them. */
    static List<Tool> named(LlmRequest request) {
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
