package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Rules;
import dev.caravan.model.Model.Sampling;
import dev.caravan.model.Model.Thinking;
import java.math.BigDecimal;
import java.util.Set;

/** Claude's rules for {@code thinking} (AWS user guide, "Extended thinking" and "Adaptive thinking"). */
final class AnthropicThinking {
    private static final int MIN_BUDGET = 1024;

    private AnthropicThinking() {}

    /** Whether the model thinks: it was told to, or does by itself and was not told not to. */
    static boolean isOn(JsonNode body, Model model) {
        Rules rules = model.rules();
        return body.has("thinking")
                ? !"disabled".equals(type(body))
                : rules.thinking() == Thinking.ALWAYS || rules.thinkingDefault();
    }

    static void check(JsonNode body, Model model) {
        if (body.has("thinking")) {
            checkType(body, model);
        }
        if (!isOn(body, model)) {
            return;
        }
        if (AnthropicRules.isForced(body)) {
            throw AwsFailure.byModel("Thinking may not be enabled when tool_choice forces tool use.");
        }
        if (!body.has("thinking")) {
            return;
        }
        if (body.has("temperature") && body.get("temperature").decimalValue().compareTo(BigDecimal.ONE) != 0) {
            throw AwsFailure.byModel(
                    "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.");
        }
        if (body.has("top_p") && body.get("top_p").doubleValue() < 0.95) {
            throw AwsFailure.byModel(
                    "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
        }
        if (body.has("top_k")) {
            throw AwsFailure.byModel("`top_k` must be unset when thinking is enabled.");
        }
    }

    private static void checkType(JsonNode body, Model model) {
        Thinking mode = model.rules().thinking();
        String type = type(body);
        if (!Set.of("enabled", "adaptive", "disabled").contains(type)) {
            throw AwsFailure.byModel("thinking: Input tag '" + type + "' found using 'type' does not match any of the"
                    + " expected tags: 'adaptive', 'disabled', 'enabled'");
        }
        if (mode == Thinking.NONE && !"disabled".equals(type)) {
            throw AwsFailure.byModel("'" + AnthropicMessages.vendorName(model) + "' does not support thinking.");
        }
        if (mode == Thinking.ALWAYS && "disabled".equals(type)) {
            throw AwsFailure.byModel("\"thinking.type.disabled\" is not supported for this model.");
        }
        if (mode == Thinking.MANUAL && "adaptive".equals(type)) {
            throw AwsFailure.byModel("adaptive thinking is not supported on this model");
        }
        if ("enabled".equals(type)) {
            checkBudget(body, model);
        }
    }

    private static void checkBudget(JsonNode body, Model model) {
        if (isAdaptiveOnly(model.rules())) {
            throw AwsFailure.byModel("\"thinking.type.enabled\" is not supported for this model. Use"
                    + " \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.");
        }
        JsonNode budget = body.get("thinking").path("budget_tokens");
        if (!budget.isIntegralNumber()) {
            throw AwsFailure.byModel("thinking.enabled.budget_tokens: Field required");
        }
        if (budget.longValue() < MIN_BUDGET) {
            throw AwsFailure.byModel("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
        }
        if (budget.longValue() >= body.get("max_tokens").longValue()) {
            throw AwsFailure.byModel("`max_tokens` must be greater than `thinking.budget_tokens`.");
        }
    }

    /**
     * The first adaptive models (4.6) still take a budget; those after them, which either take no sampling parameters
     * or think by default, do not.
     */
    private static boolean isAdaptiveOnly(Rules rules) {
        return rules.thinking() == Thinking.ALWAYS
                || rules.thinking() == Thinking.ADAPTIVE
                        && (rules.sampling() == Sampling.NONE || rules.thinkingDefault());
    }

    private static String type(JsonNode body) {
        return body.path("thinking").path("type").asText();
    }
}
