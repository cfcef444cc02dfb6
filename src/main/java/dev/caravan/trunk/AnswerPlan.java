package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormats;
import dev.caravan.format.UnreadCall;
import dev.caravan.model.Model;
import dev.caravan.structured.NativeSchema;
import dev.caravan.structured.ToolSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a model is made to answer in JSON: by the provider's own parameter where model and schema allow it, else by a
 * tool that it must call, else by words.
 *
 * @param mode the way
 * @param request the request with what the way needs
 * @param tool the schema of the tool in mode TOOL, else null
 */
record AnswerPlan(Mode mode, LlmRequest request, ToolSchema tool) {
    /** Name of the tool by which the model answers. */
    static final String TOOL = "answer";

    private static final String TOOL_DESCRIPTION =
            "Gives the answer to the user. Call it exactly once, with the whole answer.";
    private static final String INSTRUCTION = """
            Answer with one JSON value only: no words before or after it, and no code fence. It must be valid against \
            this JSON Schema:
            """;

    /** The best way that model and schema allow. */
    static AnswerPlan of(LlmRequest asked, JsonNode schema, Model model) {
        if (model.rules().json() == Model.Json.NATIVE) {
            Optional<JsonNode> written = NativeSchema.of(schema);
            if (written.isPresent()) {
                return new AnswerPlan(
                        Mode.NATIVE,
                        asked.toBuilder().responseSchema(written.get()).build(),
                        null);
            }
        }
        return withoutNative(asked, schema, model);
    }

    /** The best way but for the provider's own parameter. */
    static AnswerPlan withoutNative(LlmRequest asked, JsonNode schema, Model model) {
        // The provider's schema is for the plan to say.
        LlmRequest request = asked.toBuilder().responseSchema(null).build();
        Optional<ToolSchema> tool = canBeForced(model) ? ToolSchema.of(schema) : Optional.empty();
        return tool.map(input -> new AnswerPlan(Mode.TOOL, withTool(request, input, model), input))
                .orElseGet(() -> new AnswerPlan(Mode.PROMPT, withInstruction(request, schema, model), null));
    }

    /** A model that cannot stop thinking refuses a forced tool. */
    private static boolean canBeForced(Model model) {
        List<Model.ToolChoice> choices = model.rules().toolChoice();
        return model.rules().json() != Model.Json.PROMPT
                && model.rules().thinking() != Model.Thinking.ALWAYS
                && (choices.contains(Model.ToolChoice.TOOL) || choices.contains(Model.ToolChoice.ANY))
                && ModelFormats.takesTools(model);
    }

    private static LlmRequest withTool(LlmRequest request, ToolSchema schema, Model model) {
        boolean byName = model.rules().toolChoice().contains(Model.ToolChoice.TOOL);
        return request.toBuilder()
                .tools(List.of(new Tool(TOOL, TOOL_DESCRIPTION, schema.inputSchema())))
                .toolChoice(byName ? ToolChoice.tool(TOOL) : ToolChoice.of(ToolChoice.Mode.ANY))
                .build();
    }

    private static LlmRequest withInstruction(LlmRequest request, JsonNode schema, Model model) {
        String instruction = INSTRUCTION + schema;
        if (model.capabilities().system()) {
            String system = request.system() == null ? instruction : request.system() + "\n\n" + instruction;
            return request.toBuilder().system(system).build();
        }
        List<Message> messages = new ArrayList<>(request.messages());
        int last = messages.size() - 1;
        while (messages.get(last).role() != Role.USER) {
            last--;
        }
        List<Block> content = new ArrayList<>(messages.get(last).content());
        content.add(new Block.Text(instruction));
        messages.set(last, new Message(Role.USER, content));
        return request.toBuilder().messages(messages).build();
    }

    /** The calls by which the model answered, in order; empty when it answered in words. */
    List<Block.ToolUse> callsIn(FormatReply reply) {
        return tool == null
                ? List.of()
                : reply.toolCalls().stream()
                        .filter(call -> call.name().equals(TOOL))
                        .toList();
    }

    /** The last call whose input could not be read, or null. */
    UnreadCall unreadIn(FormatReply reply) {
        return tool == null
                ? null
                : reply.unreadCalls().stream()
                        .filter(call -> call.name().equals(TOOL))
                        .reduce((first, second) -> second)
                        .orElse(null);
    }
}
