package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.support.EmulatorModels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConverseTest {
    private static final ModelResolver RESOLVER =
            new ModelResolver(CatalogueReader.shipped(), "claude-3-haiku", "auto", "us-east-1");
    private static final String SPEC =
            "{\"toolSpec\":{\"name\":\"lookup\",\"inputSchema\":{\"json\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}}}";
    private static final String TOOLS = "\"toolConfig\":{\"tools\":[" + SPEC + "]}";
    private static final String CLOSED = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},"
            + "\"required\":[\"n\"],\"additionalProperties\":false}";

    private final Converse family = new Converse();

    private static Model model(String name) {
        return RESOLVER.resolve(name).model();
    }

    private static String messages(String... messages) {
        return "\"messages\":[" + String.join(",", messages) + "]";
    }

    private static String user(String... blocks) {
        return "{\"role\":\"user\",\"content\":[" + String.join(",", blocks) + "]}";
    }

    private static String assistant(String... blocks) {
        return "{\"role\":\"assistant\",\"content\":[" + String.join(",", blocks) + "]}";
    }

    private static String text(String text) {
        return "{\"text\":\"" + text + "\"}";
    }

    private static String use(String id) {
        return "{\"toolUse\":{\"toolUseId\":\"" + id + "\",\"name\":\"lookup\",\"input\":{}}}";
    }

    private static String result(String id) {
        return "{\"toolResult\":{\"toolUseId\":\"" + id + "\",\"content\":[{\"text\":\"5\"}]}}";
    }

    private static String output(String schema) {
        return "\"outputConfig\":{\"textFormat\":{\"type\":\"json_schema\",\"structure\":{\"jsonSchema\":{\"schema\":\""
                + schema.replace("\"", "\\\"") + "\"}}}}";
    }

    private static String choice(String choice) {
        return "\"toolConfig\":{\"tools\":[" + SPEC + "],\"toolChoice\":" + choice + "}";
    }

    /** Bodies that break the shape, with the words: members beside a good conversation. */
    static Stream<Arguments> shapes() {
        String name = "toolConfig.tools.1.member.toolSpec.name";
        return Stream.of(
                Arguments.of("\"topK\":5", "#: extraneous key [topK] is not permitted"),
                Arguments.of(
                        "\"inferenceConfig\":{\"topK\":5}",
                        "#/inferenceConfig: extraneous key [topK] is not permitted"),
                Arguments.of(
                        "\"inferenceConfig\":[]", "#/inferenceConfig: expected type: JSONObject, found: JSONArray"),
                Arguments.of(
                        "\"inferenceConfig\":{\"temperature\":1.5}",
                        "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy"
                                + " constraint: Member must have value less than or equal to 1"),
                Arguments.of(
                        "\"inferenceConfig\":{\"maxTokens\":0,\"topP\":-1}",
                        "2 validation errors detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy"
                                + " constraint: Member must have value greater than or equal to 1; Value '-1' at"
                                + " 'inferenceConfig.topP'"),
                Arguments.of(
                        "\"inferenceConfig\":{\"stopSequences\":[\"\"]}",
                        "'inferenceConfig.stopSequences.1.member' failed to satisfy constraint: Member must have length"
                                + " greater than or equal to 1"),
                Arguments.of("\"toolConfig\":{}", "Value null at 'toolConfig.tools' failed to satisfy constraint"),
                Arguments.of(
                        "\"toolConfig\":{\"tools\":[]}",
                        "at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or"
                                + " equal to 1"),
                Arguments.of(
                        TOOLS.replace("lookup", "a.b"),
                        "Value 'a.b' at '" + name + "' failed to satisfy constraint: Member must satisfy regular"
                                + " expression pattern: [a-zA-Z0-9_-]+"),
                Arguments.of(
                        TOOLS.replace("lookup", "x".repeat(65)), "Member must have length less than or equal to 64"),
                Arguments.of(
                        TOOLS.replace("\"name\"", "\"description\":\"\",\"name\""),
                        "toolSpec.description' failed to satisfy constraint: Member must have length greater than"),
                Arguments.of(
                        TOOLS.replace("\"object\"", "\"array\""), "inputSchema.json.type must be one of the following"),
                Arguments.of("\"requestMetadata\":{}", "at 'requestMetadata' failed to satisfy constraint"),
                Arguments.of("\"requestMetadata\":{\"a\":\"é\"}", "Member must satisfy regular expression pattern"),
                Arguments.of("\"additionalModelResponseFieldPaths\":[\"x\"]", "is no JSON Pointer"),
                Arguments.of(
                        "\"serviceTier\":{\"type\":\"gold\"}", "Member must satisfy enum value set: [default, flex"),
                Arguments.of(
                        "\"guardrailConfig\":{\"guardrailIdentifier\":\"abc\"}",
                        "Value null at 'guardrailConfig.guardrailVersion'"));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_body_of_another_shape_is_refused(String members, String words) {
        refused("claude-3-haiku", "{" + messages(user(text("Hi"))) + "," + members + "}", words);
    }

    /** Conversations that are refused: the model, the body, and the words. */
    static Stream<Arguments> conversations() {
        String hi = user(text("Hi"));
        return Stream.of(
                Arguments.of("claude-3-haiku", "{}", "A conversation must start with a user message."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(assistant(text("Hi"))) + "}",
                        "A conversation must start with a user message. Try again with a conversation that starts"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, hi) + "}",
                        "A conversation must alternate between user and assistant roles. Make sure the conversation"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi.replace("user", "system")) + "}",
                        "Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy"
                                + " enum value set: [assistant, user]"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(user()) + "}",
                        "The content field in the Message object at messages.0 is empty. Add a ContentBlock object"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(user(text("a"), text(" \\n"))) + "}",
                        "The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(user("{\"text\":\"a\",\"json\":1}")) + "}",
                        "#/messages/0/content/0: extraneous key [json] is not permitted"),
                Arguments.of("claude-3-haiku", "{" + messages(user("{}")) + "}", "must have exactly one member"),
                Arguments.of("claude-3-haiku", "{" + messages(user(use("t"))) + "," + TOOLS + "}", "The toolUse block"),
                Arguments.of(
                        "nova-micro",
                        "{" + messages(user("{\"image\":{}}")) + "}",
                        "This model doesn't support the image"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi) + ",\"system\":[{\"text\":\" \"}]}",
                        "The text field in the SystemContentBlock object at system.0 is blank."),
                Arguments.of(
                        "mistral.mistral-7b-instruct-v0:2",
                        "{" + messages(hi) + ",\"system\":[{\"text\":\"Be kind\"}]}",
                        "This model doesn't support system messages. Try again without a system message or use a model"
                                + " that supports system messages."),
                Arguments.of(
                        "mistral.mistral-7b-instruct-v0:2",
                        "{" + messages(hi) + "," + TOOLS + "}",
                        "This model doesn't support tool use."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("t")), user(result("t"))) + "}",
                        "The toolConfig field must be defined when using toolUse and toolResult content blocks."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("a"), use("b")), user(result("b"))) + "," + TOOLS + "}",
                        "Expected toolResult blocks at messages.2.content for the following Ids: a"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("a"))) + "," + TOOLS + "}",
                        "Expected toolResult blocks at messages.2.content for the following Ids: a"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(user(result("a"))) + "," + TOOLS + "}",
                        "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("a")), user(result("a"), result("a"))) + "," + TOOLS + "}",
                        "The toolResult blocks at messages.2.content contain duplicate Ids: a"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("a"), use("a")), user(result("a"))) + "," + TOOLS + "}",
                        "The toolUse blocks at messages.1.content contain duplicate Ids: a"),
                Arguments.of(
                        "cohere.command-r-v1:0",
                        "{" + messages(hi) + ",\"inferenceConfig\":{\"topP\":1.0}}",
                        "The model returned the following errors: Malformed input request: #/p: 1.0 is not less or equal"
                                + " to 0.99"),
                Arguments.of(
                        "nova-lite",
                        "{" + messages(hi) + ",\"additionalModelRequestFields\":{\"reasoningConfig\":{}}}",
                        "The model returned the following errors: Malformed input request: #: extraneous key"
                                + " [reasoningConfig] is not permitted"),
                Arguments.of(
                        "nova-2-lite",
                        "{" + messages(hi)
                                + ",\"additionalModelRequestFields\":{\"reasoningConfig\":{\"type\":\"enabled\","
                                + "\"maxReasoningEffort\":\"max\"}}}",
                        "The model returned the following errors: Malformed input request: the provided reasoning config"
                                + " value is invalid, please reformat your input and try again."),
                Arguments.of(
                        "nova-2-lite",
                        "{" + messages(user("{\"text\":\"\u200b\u00a0\"}")) + "}",
                        "The text field in the ContentBlock object at messages.0.content.0 is blank."),
                Arguments.of(
                        "nova-lite",
                        "{" + messages(hi)
                                + ",\"additionalModelRequestFields\":{\"inferenceConfig\":{\"reasoningConfig\":{}}}}",
                        "#/inferenceConfig: extraneous key [reasoningConfig] is not permitted"),
                Arguments.of(
                        "claude-haiku-4-5",
                        "{" + messages(hi) + "," + output(CLOSED.replace("{\"type\":\"integer\"}", "{\"$ref\":\"#\"}"))
                                + "}",
                        "Recursive references are not supported: #"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(use("a b")), user(result("a b"))) + "," + TOOLS + "}",
                        "messages.1.content.0.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy"),
                Arguments.of(
                        "us.meta.llama3-3-70b-instruct-v1:0",
                        "{" + messages(hi) + "," + choice("{\"any\":{}}") + "}",
                        "This model doesn't support the toolConfig.toolChoice.any field. Remove"
                                + " toolConfig.toolChoice.any and try again."),
                Arguments.of(
                        "mistral.mistral-large-2402-v1:0",
                        "{" + messages(hi) + "," + choice("{\"tool\":{\"name\":\"lookup\"}}") + "}",
                        "This model doesn't support the toolConfig.toolChoice.tool field."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi) + "," + choice("{\"tool\":{\"name\":\"x\"}}") + "}",
                        "The model returned the following errors: Tool 'x' not found"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi) + ",\"inferenceConfig\":{\"maxTokens\":4097}}",
                        "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum"
                                + " tokens value that is lower than 4096."),
                Arguments.of(
                        "claude-haiku-4-5",
                        "{" + messages(hi) + ",\"inferenceConfig\":{\"temperature\":1,\"topP\":1}}",
                        "The model returned the following errors: `temperature` and `top_p` cannot both be"),
                Arguments.of(
                        "claude-opus-4-7",
                        "{" + messages(hi) + ",\"inferenceConfig\":{\"temperature\":1}}",
                        "The model returned the following errors: `temperature` is deprecated for this model."),
                Arguments.of(
                        "claude-opus-4-6",
                        "{" + messages(hi, assistant(text("I"))) + "}",
                        "The model returned the following errors: This model does not support assistant message prefill."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi, assistant(text("I "))) + "}",
                        "final assistant content cannot end with trailing whitespace"),
                Arguments.of(
                        "claude-sonnet-5",
                        "{" + messages(hi) + "," + choice("{\"any\":{}}") + "}",
                        "Thinking may not be enabled when tool_choice forces tool use."),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi) + ",\"additionalModelRequestFields\":{\"top_p\":1}}",
                        "top_p: Extra inputs are not permitted"),
                Arguments.of(
                        "claude-3-haiku",
                        "{" + messages(hi) + "," + output(CLOSED) + "}",
                        "This model doesn't support the outputConfig.textFormat field."),
                Arguments.of(
                        "claude-haiku-4-5", "{" + messages(hi) + "," + output("nonsense") + "}", "is no JSON schema"),
                Arguments.of(
                        "claude-haiku-4-5",
                        "{" + messages(hi) + "," + output(CLOSED.replace("\"integer\"", "\"integer\",\"minimum\":1"))
                                + "}",
                        "outputConfig.textFormat.structure.jsonSchema.schema: For 'integer' type, property 'minimum'"),
                Arguments.of(
                        "nova-lite",
                        "{" + messages(hi) + ","
                                + TOOLS.replace("\"type\":\"object\"", "\"type\":\"object\",\"$defs\":{}") + "}",
                        "The model returned the following errors: Malformed input request:"
                                + " #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs]"));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void what_the_service_or_the_model_cannot_take_is_refused_in_its_words(String model, String body, String words) {
        refused(model, body, words);
    }

    @Test
    void a_model_that_converse_does_not_serve_is_refused() {
        assertThatThrownBy(() -> family.read(json("{}"), EmulatorModels.OTHER_FORMAT))
                .isInstanceOf(AwsFailure.class)
                .hasMessageStartingWith("This action doesn't support the model that you provided.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"guardrailConfig\":{\"guardrailIdentifier\":\"abc\",\"guardrailVersion\":\"DRAFT\",\"trace\":\"enabled\"}",
                "\"requestMetadata\":{\"team\":\"a b:_@$#=/+,-.\"}",
                "\"additionalModelResponseFieldPaths\":[\"/stop_sequence\"]",
                "\"performanceConfig\":{\"latency\":\"optimized\"},\"serviceTier\":{\"type\":\"flex\"}",
                "\"additionalModelRequestFields\":{\"top_k\":5}",
                "\"system\":[{\"text\":\"a\"},{\"cachePoint\":{\"type\":\"default\"}}]"
            })
    void what_is_allowed_passes(String members) {
        assertThatCode(() -> family.read(
                        json("{" + messages(user(text("Hi"))) + "," + members + "}"), model("claude-3-haiku")))
                .doesNotThrowAnyException();
    }

    @Test
    void only_a_stream_has_a_mode_for_its_guardrail() {
        String body = "{" + messages(user(text("Hi")))
                + ",\"guardrailConfig\":{\"guardrailIdentifier\":\"abc\",\"guardrailVersion\":\"1\",\"streamProcessingMode\":MODE}}";
        Model model = model("claude-3-haiku");
        for (String mode : List.of("\"sync\"", "\"async\"")) {
            JsonNode taken = json(body.replace("MODE", mode));
            assertThatCode(() -> family.readForStream(taken, model)).doesNotThrowAnyException();
            assertThatThrownBy(() -> family.read(taken, model))
                    .isInstanceOf(AwsFailure.class)
                    .hasMessageContaining("#/guardrailConfig: extraneous key [streamProcessingMode] is not permitted");
        }
        assertThatThrownBy(() -> family.readForStream(json(body.replace("MODE", "\"fast\"")), model))
                .hasMessage(
                        "1 validation error detected: Value 'fast' at 'guardrailConfig.streamProcessingMode' failed to"
                                + " satisfy constraint: Member must satisfy enum value set: [async, sync]");
        assertThatThrownBy(() -> family.readForStream(json(body.replace("MODE", "1")), model))
                .hasMessageContaining("#/guardrailConfig/streamProcessingMode: expected type: String");
    }

    @Test
    void titan_takes_two_turns_of_a_user() {
        String hi = user(text("Hi"));

        assertThatCode(() -> family.read(json("{" + messages(hi, hi) + "}"), model("amazon.titan-text-express-v1")))
                .doesNotThrowAnyException();
    }

    @Test
    void a_question_is_answered_with_counts_in_the_body() {
        JsonNode reply = answer("claude-haiku-4-5", "{" + messages(user(text("Hello there"))) + "}");

        assertThat(reply.at("/output/message/role").asText()).isEqualTo("assistant");
        assertThat(reply.at("/output/message/content/0/text").asText()).contains("\"Hello there\"");
        assertThat(reply.get("stopReason").asText()).isEqualTo("end_turn");
        assertThat(reply.at("/usage/totalTokens").asLong())
                .isEqualTo(reply.at("/usage/inputTokens").asLong()
                        + reply.at("/usage/outputTokens").asLong());
        assertThat(reply.at("/usage/cacheReadInputTokens").asInt(-1)).isZero();
        assertThat(reply.at("/metrics/latencyMs").asInt()).isPositive();
    }

    @Test
    void a_forced_tool_is_called_with_input_that_fits() {
        JsonNode reply = answer("nova-lite", "{" + messages(user(text("Hi"))) + "," + choice("{\"any\":{}}") + "}");

        JsonNode call = reply.at("/output/message/content/0/toolUse");
        assertThat(call.get("toolUseId").asText()).matches("tooluse_[A-Za-z0-9]{22}");
        assertThat(call.get("name").asText()).isEqualTo("lookup");
        assertThat(call.get("input").get("city").isTextual()).isTrue();
        assertThat(reply.get("stopReason").asText()).isEqualTo("tool_use");
    }

    @Test
    void a_result_can_be_answered() {
        JsonNode reply = answer(
                "claude-3-haiku",
                "{" + messages(user(text("Hi")), assistant(use("t")), user(result("t"))) + "," + TOOLS + "}");

        assertThat(reply.at("/output/message/content/0/text").asText()).contains("You asked: \"5\"");
    }

    @Test
    void a_schema_is_answered_with_json() {
        JsonNode reply = answer("claude-haiku-4-5", "{" + messages(user(text("Hi"))) + "," + output(CLOSED) + "}");

        assertThat(reply.at("/output/message/content/0/text").asText()).isEqualTo("{\"n\":1}");
    }

    @Test
    void a_model_that_thinks_by_itself_thinks_first_unless_told_not_to() {
        String hi = messages(user(text("Hi")));

        assertThat(answer("claude-sonnet-5", "{" + hi + "}")
                        .at("/output/message/content/0/reasoningContent/reasoningText/text")
                        .asText())
                .isNotBlank();
        assertThat(answer(
                                "claude-sonnet-5",
                                "{" + hi + ",\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"disabled\"}}}")
                        .at("/output/message/content/0")
                        .has("text"))
                .isTrue();
    }

    private void refused(String model, String body, String words) {
        assertThatThrownBy(() -> family.read(json(body), model(model)))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessageContaining(words);
    }

    private ObjectNode answer(String name, String body) {
        Model model = model(name);
        Conversation conversation = family.read(json(body), model);
        return family.write(Answerer.answer(conversation, model, Directive.NONE), conversation, model);
    }
}
