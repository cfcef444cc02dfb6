package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation.Tool;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Sampling;
import dev.caravan.model.Model.Thinking;
import dev.caravan.model.Model.ToolChoice;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What one Claude takes and another refuses: limits, sampling, prefill, tools and structured output. */
final class AnthropicRules {
    private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Set<String> EFFORTS = Set.of("low", "medium", "high", "xhigh", "max");

    private AnthropicRules() {}

    static void check(JsonNode body, Model model) {
        checkMaxTokens(body, model);
        checkSampling(body, model);
        checkStops(body.path("stop_sequences"));
        checkTools(body.path("tools"), model);
        checkToolChoice(body, model);
        AnthropicThinking.check(body, model);
        checkPrefill(body, model);
        checkOutput(body.path("output_config"), model);
    }

    /** Whether the model thinks before it answers this body. */
    static boolean thinks(JsonNode body, Model model) {
        return AnthropicThinking.isOn(body, model);
    }

    /** The tool that {@code tool_choice} asks for by name, or the first one for {@code any}. */
    static Optional<Tool> forcedTool(JsonNode body) {
        String choice = body.path("tool_choice").path("type").asText();
        for (JsonNode tool : body.path("tools")) {
            boolean named = tool.path("name").equals(body.path("tool_choice").path("name"));
            if ("any".equals(choice) || "tool".equals(choice) && named) {
                return Optional.of(new Tool(tool.get("name").asText(), tool.path("input_schema")));
            }
        }
        return Optional.empty();
    }

    private static void checkMaxTokens(JsonNode body, Model model) {
        int limit = model.maxOutputTokens().orElse(Integer.MAX_VALUE);
        JsonNode maxTokens = body.get("max_tokens");
        if (!maxTokens.canConvertToInt() || maxTokens.intValue() > limit) {
            throw AwsFailure.byModel("max_tokens: " + maxTokens.asText() + " > " + limit
                    + ", which is the maximum allowed number of output tokens for "
                    + AnthropicMessages.vendorName(model));
        }
    }

    private static void checkSampling(JsonNode body, Model model) {
        Sampling sampling = model.rules().sampling();
        if (sampling == Sampling.ONE && body.has("temperature") && body.has("top_p")) {
            throw AwsFailure.byModel(
                    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        }
        for (String key : List.of("temperature", "top_p", "top_k")) {
            if (sampling == Sampling.NONE && body.has(key)) {
                throw AwsFailure.byModel("`" + key + "` is deprecated for this model.");
            }
        }
    }

    private static void checkStops(JsonNode stops) {
        for (JsonNode stop : stops) {
            if (!stop.isTextual() || stop.textValue().isBlank()) {
                throw AwsFailure.byModel("stop_sequences: each stop sequence must contain non-whitespace");
            }
        }
    }

    private static void checkTools(JsonNode tools, Model model) {
        if (!tools.isEmpty() && !model.capabilities().tools()) {
            throw AwsFailure.byModel("'" + AnthropicMessages.vendorName(model) + "' does not support tool use.");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tools.size(); i++) {
            JsonNode tool = tools.get(i);
            String type = tool.path("type").asText("custom");
            String name = tool.path("name").asText();
            if (!TOOL_NAME.matcher(name).matches()) {
                throw AwsFailure.byModel(
                        "tools." + i + "." + type + ".name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'");
            }
            if (!names.add(name)) {
                throw AwsFailure.byModel("tools: Tool names must be unique.");
            }
            JsonNode schema = tool.path("input_schema");
            if ("custom".equals(type) && !schema.isObject()) {
                throw AwsFailure.byModel("tools." + i + ".custom.input_schema: Field required");
            }
            if ("custom".equals(type) && !"object".equals(schema.path("type").asText())) {
                throw AwsFailure.byModel("tools." + i + ".custom.input_schema.type: Input should be 'object'");
            }
        }
    }

    private static void checkToolChoice(JsonNode body, Model model) {
        if (!body.has("tool_choice")) {
            return;
        }
        String type = body.get("tool_choice").path("type").asText();
        if (!Set.of("auto", "any", "tool", "none").contains(type)) {
            throw AwsFailure.byModel("tool_choice: Input tag '" + type + "' found using 'type' does not match any of"
                    + " the expected tags: 'auto', 'any', 'tool', 'none'");
        }
        if (body.path("tools").isEmpty()) {
            throw AwsFailure.byModel("tool_choice may only be specified while providing tools.");
        }
        String name = body.get("tool_choice").path("name").asText();
        if ("tool".equals(type) && forcedTool(body).isEmpty()) {
            throw AwsFailure.byModel("Tool '" + name + "' not found in provided tools");
        }
        if (isForced(body) && !model.rules().toolChoice().contains(choice(type))) {
            throw AwsFailure.byModel("tool_choice: `" + type + "` is not supported for this model.");
        }
    }

    /** Whether the answer must be the call of a tool. */
    static boolean isForced(JsonNode body) {
        return Set.of("any", "tool")
                .contains(body.path("tool_choice").path("type").asText());
    }

    private static ToolChoice choice(String type) {
        return "any".equals(type) ? ToolChoice.ANY : ToolChoice.TOOL;
    }

    private static void checkPrefill(JsonNode body, Model model) {
        JsonNode messages = body.get("messages");
        JsonNode last = messages.get(messages.size() - 1);
        if (!"assistant".equals(last.get("role").asText())) {
            return;
        }
        if (!model.rules().prefill() || AnthropicThinking.isOn(body, model)) {
            throw AwsFailure.byModel("This model does not support assistant message prefill. The conversation must end"
                    + " with a user message.");
        }
        JsonNode content = last.get("content");
        String text = content.isTextual()
                ? content.textValue()
                : content.path(content.size() - 1).path("text").asText();
        if (!text.equals(text.stripTrailing())) {
            throw AwsFailure.byModel("messages: final assistant content cannot end with trailing whitespace");
        }
    }

    private static void checkOutput(JsonNode output, Model model) {
        JsonNode effort = output.path("effort");
        if (!effort.isMissingNode()
                && (model.rules().thinking() == Thinking.NONE || !EFFORTS.contains(effort.asText()))) {
            throw AwsFailure.byModel("output_config.effort: "
                    + (EFFORTS.contains(effort.asText())
                            ? "This model does not support the effort parameter."
                            : "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"));
        }
        JsonNode format = output.path("format");
        if (format.isMissingNode()) {
            return;
        }
        if (model.rules().json() != Model.Json.NATIVE) {
            throw AwsFailure.byModel("'" + AnthropicMessages.vendorName(model) + "' does not support output format.");
        }
        if (!"json_schema".equals(format.path("type").asText())
                || !format.path("schema").isObject()) {
            throw AwsFailure.byModel("output_config.format.schema: Field required");
        }
        OutputSchema.check(format.get("schema"), "output_config.format.schema");
    }
}
