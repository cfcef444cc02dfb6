package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.List;
import java.util.Set;

/** The fields of OpenAI's chat body apart from messages and tools. */
final class OpenAiFields {
    private static final ChatWords WORDS = ChatWords.PARSER;
    private static final List<String> MAX_TOKENS = List.of("max_completion_tokens", "max_tokens");
    private static final int MAX_TOKENS_WHEN_UNKNOWN = 4096;
    private static final double MAX_TEMPERATURE = 2;

    private OpenAiFields() {}

    /** @param streamed whether the operation streams, which {@code stream} may not contradict */
    static void check(JsonNode body, Model model, boolean streamed) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        checkAddressed(body, model, streamed);
        if (!body.has("messages")) {
            throw WORDS.missing("", "messages");
        }
        if (!body.get("messages").isArray()) {
            throw WORDS.type("/messages", body.get("messages"), ChatWords.ARRAY);
        }
        MAX_TOKENS.forEach(key -> checkMaxTokens(body, key, model));
        checkNumber(body, "temperature", MAX_TEMPERATURE);
        checkNumber(body, "top_p", 1);
        checkStop(body.path("stop"), model);
        JsonNode tools = body.path("tools");
        if (!tools.isMissingNode() && !tools.isArray()) {
            throw WORDS.type("/tools", tools, ChatWords.ARRAY);
        }
        if (body.has("reasoning_effort")) {
            String effort = WORDS.text(body, "", "reasoning_effort");
            if (!Set.of("low", "medium", "high").contains(effort)) {
                throw WORDS.value("/reasoning_effort", effort, List.of("low", "medium", "high"));
            }
        }
        checkFormat(body.path("response_format"), model);
    }

    /** What the body asks for, or the model's limit. */
    static int maxTokens(JsonNode body, Model model) {
        return MAX_TOKENS.stream()
                .filter(body::has)
                .findFirst()
                .map(key -> body.get(key).intValue())
                .orElse(model.maxOutputTokens().orElse(MAX_TOKENS_WHEN_UNKNOWN));
    }

    /** {@code model} and {@code stream} may be there and must be what the URL says. */
    private static void checkAddressed(JsonNode body, Model model, boolean streamed) {
        String named = body.path("model").asText(model.id());
        if (!named.equals(model.id()) && !named.endsWith("." + model.id())) {
            throw AwsFailure.validation("The model in the request body, " + named
                    + ", does not match the model of the request, " + model.id() + ".");
        }
        JsonNode stream = body.path("stream");
        if (!stream.isMissingNode() && !stream.isBoolean()) {
            throw WORDS.type("/stream", stream, ChatWords.BOOLEAN);
        }
        if (stream.asBoolean(streamed) != streamed) {
            throw AwsFailure.validation(
                    streamed
                            ? "The value of stream must be true for InvokeModelWithResponseStream."
                            : "The value of stream must be false for InvokeModel.");
        }
    }

    private static void checkMaxTokens(JsonNode body, String key, Model model) {
        JsonNode value = body.path(key);
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw WORDS.type("/" + key, value, ChatWords.INTEGER);
        }
        if (value.intValue() < 1) {
            throw AwsFailure.byModel(key + " must be at least 1, got " + value.asText() + ".");
        }
        int limit = model.maxOutputTokens().orElse(Integer.MAX_VALUE);
        if (value.intValue() > limit) {
            throw AwsFailure.validation("The maximum tokens you requested exceeds the model limit of " + limit
                    + ". Try again with a maximum tokens value that is lower than " + limit + ".");
        }
    }

    private static void checkNumber(JsonNode body, String key, double max) {
        JsonNode value = body.path(key);
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isNumber()) {
            throw WORDS.type("/" + key, value, ChatWords.NUMBER);
        }
        if (value.doubleValue() < 0 || value.doubleValue() > max) {
            throw AwsFailure.byModel(key + " must be in [0, " + (int) max + "], got " + value.asText() + ".");
        }
    }

    private static void checkStop(JsonNode stop, Model model) {
        if (!stop.isMissingNode() && !stop.isTextual() && !stop.isArray()) {
            throw WORDS.type("/stop", stop, ChatWords.ARRAY);
        }
        int limit = model.rules().maxStopSequences();
        if (stop.size() > limit) {
            throw AwsFailure.byModel("stop: at most " + limit + " stop sequences, got " + stop.size() + ".");
        }
    }

    private static void checkFormat(JsonNode format, Model model) {
        if (format.isMissingNode()) {
            return;
        }
        String type = WORDS.text(format, "/response_format", "type");
        if (!Set.of("text", "json_object", "json_schema").contains(type)) {
            throw WORDS.value("/response_format/type", type, List.of("text", "json_object", "json_schema"));
        }
        if (!"json_schema".equals(type)) {
            return;
        }
        if (model.rules().json() != Model.Json.NATIVE) {
            throw AwsFailure.byModel("response_format.type `json_schema` is not supported for this model");
        }
        JsonNode given = WORDS.object(format, "/response_format", "json_schema");
        WORDS.text(given, "/response_format/json_schema", "name");
        OutputSchema.check(
                WORDS.object(given, "/response_format/json_schema", "schema"), "response_format.json_schema.schema");
    }
}
