package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.List;
import java.util.Set;

/** What Cohere's chat body may hold. */
final class CohereFields {
    private static final ChatWords WORDS = ChatWords.SCHEMA;
    private static final int MAX_TOKENS = 4096;
    private static final Model.Range TOP_K = new Model.Range(0, 500);
    private static final Model.Range PENALTY = new Model.Range(0, 1);
    private static final Set<String> KEYS = Set.of(
            "message",
            "chat_history",
            "documents",
            "search_queries_only",
            "preamble",
            "max_tokens",
            "temperature",
            "p",
            "k",
            "prompt_truncation",
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "return_prompt",
            "tools",
            "tool_results",
            "stop_sequences",
            "raw_prompting",
            "amazon-bedrock-guardrailConfig");

    private CohereFields() {}

    static void check(JsonNode body, Model model) {
        checkSchema(body, model);
        checkHistory(body.path("chat_history"));
        checkTools(body.path("tools"), model);
        checkResults(body.path("tool_results"));
        if (body.get("message").textValue().isEmpty()) {
            throw AwsFailure.byModel("invalid request: message must be at least 1 token long.");
        }
        if (!body.path("tool_results").isEmpty() && body.path("tools").isEmpty()) {
            throw AwsFailure.byModel("invalid request: tools must be specified together with tool_results.");
        }
    }

    static int limit(Model model) {
        return model.maxOutputTokens().orElse(MAX_TOKENS);
    }

    private static void checkSchema(JsonNode body, Model model) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        new SchemaFaults()
                .required(body, List.of("message"))
                .onlyKnown(body, KEYS)
                .type(body, "message", JsonNodeType.STRING)
                .type(body, "chat_history", JsonNodeType.ARRAY)
                .type(body, "documents", JsonNodeType.ARRAY)
                .type(body, "preamble", JsonNodeType.STRING)
                .integer(body, "max_tokens", 1, (long) limit(model))
                .number(body, "temperature", model.rules().temperature())
                .number(body, "p", model.rules().topP())
                .number(body, "k", TOP_K)
                .number(body, "frequency_penalty", PENALTY)
                .number(body, "presence_penalty", PENALTY)
                .oneOf(body, "prompt_truncation", Set.of("OFF", "AUTO_PRESERVE_ORDER"))
                .type(body, "tools", JsonNodeType.ARRAY)
                .type(body, "tool_results", JsonNodeType.ARRAY)
                .type(body, "stop_sequences", JsonNodeType.ARRAY)
                .maxItems(body, "stop_sequences", model.rules().maxStopSequences())
                .refuse();
    }

    private static void checkHistory(JsonNode history) {
        for (int i = 0; i < history.size(); i++) {
            String at = "/chat_history/" + i;
            String role = WORDS.text(history.get(i), at, "role");
            if (!Set.of("USER", "CHATBOT").contains(role)) {
                throw WORDS.value(at + "/role", role, List.of("USER", "CHATBOT"));
            }
            WORDS.text(history.get(i), at, "message");
        }
    }

    private static void checkTools(JsonNode tools, Model model) {
        if (!tools.isEmpty() && !model.capabilities().tools()) {
            throw AwsFailure.validation("This model doesn't support tool use.");
        }
        for (int i = 0; i < tools.size(); i++) {
            String at = "/tools/" + i;
            WORDS.text(tools.get(i), at, "name");
            WORDS.text(tools.get(i), at, "description");
            if (tools.get(i).has("parameter_definitions")) {
                JsonNode definitions = WORDS.object(tools.get(i), at, "parameter_definitions");
                definitions
                        .properties()
                        .forEach(parameter -> WORDS.text(
                                parameter.getValue(), at + "/parameter_definitions/" + parameter.getKey(), "type"));
            }
        }
    }

    private static void checkResults(JsonNode results) {
        for (int i = 0; i < results.size(); i++) {
            String at = "/tool_results/" + i;
            WORDS.text(WORDS.object(results.get(i), at, "call"), at + "/call", "name");
            JsonNode outputs = results.get(i).path("outputs");
            if (!outputs.isArray()) {
                throw outputs.isMissingNode()
                        ? WORDS.missing(at, "outputs")
                        : WORDS.type(at + "/outputs", outputs, ChatWords.ARRAY);
            }
            for (int j = 0; j < outputs.size(); j++) {
                if (!outputs.get(j).isObject()) {
                    throw WORDS.type(at + "/outputs/" + j, outputs.get(j), ChatWords.OBJECT);
                }
            }
        }
    }
}
