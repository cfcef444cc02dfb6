package dev.caravan.emulator.family;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Range;
import dev.caravan.model.Model.Sampling;
import dev.caravan.model.Model.Thinking;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** What one model takes through Converse and another refuses. */
final class ConverseRules {
    private static final Set<String> OF_CLAUDE = Set.of(
            "thinking", "top_k", "anthropic_beta", "output_config", "tools", "tool_choice", "context_management");

    private static final Map<String, String> TOP_P = Map.of("cohere", "p", "amazon", "topP");

    private ConverseRules() {}

    static void check(JsonNode body, Model model) {
        JsonNode inference = body.path("inferenceConfig");
        checkMaxTokens(inference.path("maxTokens"), model);
        checkRanges(inference, model);
        checkSampling(inference, model);
        checkOutput(body.path("outputConfig"), model);
        if (isClaude(model)) {
            checkClaude(body, model);
        }
        checkReasoning(body.path("additionalModelRequestFields"), model);
        checkPrefill(body, model);
    }

    static void checkMaxTokens(JsonNode maxTokens, Model model) {
        int limit = model.maxOutputTokens().orElse(Integer.MAX_VALUE);
        if (maxTokens.isNumber() && (!maxTokens.canConvertToInt() || maxTokens.intValue() > limit)) {
            throw AwsFailure.validation("The maximum tokens you requested exceeds the model limit of " + limit
                    + ". Try again with a maximum tokens value that is lower than " + limit + ".");
        }
    }

    /**
     * The service takes 0 to 1 for all models and passes it on to one that may take less. A temperature of 0 is sent to
     * Nova by Converse, though its own body takes only what is above.
     */
    private static void checkRanges(JsonNode inference, Model model) {
        String topP = TOP_P.getOrDefault(model.vendor(), "top_p");
        ObjectNode own = Json.object();
        if (inference.path("temperature").isNumber()) {
            own.set("temperature", inference.get("temperature"));
        }
        if (inference.path("topP").isNumber()) {
            own.set(topP, inference.get("topP"));
        }
        new SchemaFaults()
                .number(
                        own,
                        "temperature",
                        new Range(0, model.rules().temperature().max()))
                .number(own, topP, model.rules().topP())
                .refuseByModel();
    }

    /** Nova takes its reasoning parameter in two places; the first Novas do not reason. */
    private static void checkReasoning(JsonNode more, Model model) {
        if (!NovaMessages.FORMAT.equals(model.format())) {
            return;
        }
        if (model.rules().thinking() == Thinking.NONE) {
            new SchemaFaults()
                    .without(more, "reasoningConfig")
                    .at("/inferenceConfig")
                    .without(more.path("inferenceConfig"), "reasoningConfig")
                    .refuseByModel();
        }
        if (!NovaMessages.takesEffort(more.path("reasoningConfig"))
                || !NovaMessages.takesEffort(more.path("inferenceConfig").path("reasoningConfig"))) {
            throw AwsFailure.byModel(NovaMessages.BAD_REASONING);
        }
    }

    private static void checkSampling(JsonNode inference, Model model) {
        Sampling sampling = model.rules().sampling();
        if (sampling == Sampling.ONE && inference.has("temperature") && inference.has("topP")) {
            throw AwsFailure.byModel(
                    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        }
        if (sampling == Sampling.NONE && (inference.has("temperature") || inference.has("topP"))) {
            throw AwsFailure.byModel(
                    "`" + (inference.has("temperature") ? "temperature" : "top_p") + "` is deprecated for this model.");
        }
        int stops = inference.path("stopSequences").size();
        int most = model.rules().maxStopSequences();
        if (most > 0 && stops > most) {
            throw AwsFailure.byModel("at most " + most + " stop sequences are supported, found: " + stops);
        }
        for (JsonNode stop : inference.path("stopSequences")) {
            if (isClaude(model) && stop.asText().isBlank()) {
                throw AwsFailure.byModel("stop_sequences: each stop sequence must contain non-whitespace");
            }
        }
    }

    static void checkPrefill(JsonNode body, Model model) {
        JsonNode messages = body.get("messages");
        JsonNode last = messages.get(messages.size() - 1);
        if (!"assistant".equals(last.get("role").asText())) {
            return;
        }
        if (!model.rules().prefill() || thinks(body, model)) {
            throw AwsFailure.byModel("This model does not support assistant message prefill. The conversation must end"
                    + " with a user message.");
        }
        String text = last.get("content")
                .get(last.get("content").size() - 1)
                .path("text")
                .asText();
        if (isClaude(model) && !text.equals(text.stripTrailing())) {
            throw AwsFailure.byModel("messages: final assistant content cannot end with trailing whitespace");
        }
    }

    private static void checkClaude(JsonNode body, Model model) {
        for (String key : iterable(body.path("additionalModelRequestFields"))) {
            if (!OF_CLAUDE.contains(key)) {
                throw AwsFailure.byModel(key + ": Extra inputs are not permitted");
            }
        }
        AnthropicThinking.check(asNative(body, model), model);
    }

    private static Iterable<String> iterable(JsonNode fields) {
        return fields::fieldNames;
    }

    /** Whether the model thinks before it answers. */
    static boolean thinks(JsonNode body, Model model) {
        if (isClaude(model)) {
            return AnthropicThinking.isOn(asNative(body, model), model);
        }
        JsonNode more = body.path("additionalModelRequestFields");
        JsonNode nova = more.has("reasoningConfig")
                ? more.get("reasoningConfig")
                : more.path("inferenceConfig").path("reasoningConfig");
        return model.rules().thinking() == Thinking.ALWAYS
                || "enabled".equals(nova.path("type").asText());
    }

    /** The parts of Claude's own body that its rules for thinking look at. */
    private static ObjectNode asNative(JsonNode body, Model model) {
        JsonNode inference = body.path("inferenceConfig");
        ObjectNode claude = Json.object();
        claude.put("max_tokens", inference.path("maxTokens").asInt(maxTokens(inference, model)));
        if (inference.path("temperature").isNumber()) {
            claude.set("temperature", inference.get("temperature"));
        }
        if (inference.path("topP").isNumber()) {
            claude.set("top_p", inference.get("topP"));
        }
        if (ConverseTools.forced(body.path("toolConfig")).isPresent()) {
            claude.putObject("tool_choice").put("type", "any");
        }
        JsonNode more = body.path("additionalModelRequestFields");
        for (String key : Set.of("thinking", "top_k")) {
            if (more.has(key)) {
                claude.set(key, more.get(key));
            }
        }
        return claude;
    }

    /** Most tokens of the answer: as asked, else what the model can. */
    static int maxTokens(JsonNode inference, Model model) {
        return inference.path("maxTokens").asInt(model.maxOutputTokens().orElse(Integer.MAX_VALUE));
    }

    private static void checkOutput(JsonNode output, Model model) {
        JsonNode format = output.path("textFormat");
        if (format.isMissingNode()) {
            return;
        }
        if (model.rules().json() != Model.Json.NATIVE) {
            throw AwsFailure.validation("This model doesn't support the outputConfig.textFormat field. Remove"
                    + " outputConfig.textFormat and try again.");
        }
        new Constraints()
                .required(format, "type", "outputConfig.textFormat")
                .required(format, "structure", "outputConfig.textFormat")
                .oneOf(format.path("type"), "outputConfig.textFormat.type", Set.of("json_schema"))
                .refuse();
        JsonNode schema = schema(output);
        if (schema == null || !schema.isObject()) {
            throw AwsFailure.validation("The value at outputConfig.textFormat.structure.jsonSchema.schema is no JSON"
                    + " schema. Provide a JSON schema as a string and try again.");
        }
        OutputSchema.check(schema, "outputConfig.textFormat.structure.jsonSchema.schema");
    }

    /** The schema, which stands in the body as a string; null when there is none. */
    static JsonNode schema(JsonNode output) {
        JsonNode text =
                output.path("textFormat").path("structure").path("jsonSchema").path("schema");
        if (!text.isTextual()) {
            return null;
        }
        try {
            return Json.read(text.textValue().getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            // Then it is no schema either.
            return null;
        }
    }

    private static boolean isClaude(Model model) {
        return model.vendor().equals("anthropic");
    }
}
