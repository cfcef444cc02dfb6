package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NovaMessagesTest {
    private static final Model LITE =
            CatalogueReader.shipped().find("amazon.nova-lite-v1:0").orElseThrow();
    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]";
    private static final String TOOLS = "\"tools\":[{\"toolSpec\":{\"name\":\"lookup\",\"inputSchema\":{\"json\":"
            + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}}}]";

    private final NovaMessages family = new NovaMessages();

    static Stream<Arguments> refusals() {
        String malformed = "Malformed input request: ";
        return Stream.of(
                Arguments.of("[]", "Malformed input request, please reformat your input and try again."),
                Arguments.of("{}", malformed + "#: required key [messages] not found, please"),
                Arguments.of(
                        "{" + HI + ",\"max_tokens\":5}", malformed + "#: extraneous key [max_tokens] is not permitted"),
                Arguments.of(
                        "{" + HI + ",\"schemaVersion\":\"v2\"}",
                        malformed + "#/schemaVersion: v2 is not a valid enum value"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"max_tokens\":5}}",
                        malformed + "#/inferenceConfig: extraneous key [max_tokens] is not permitted"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"temperature\":0}}",
                        malformed + "#/inferenceConfig/temperature: 0 is not greater or equal to 0.00001"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"topK\":129}}",
                        malformed + "#/inferenceConfig/topK: 129 is not less or equal to 128"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"top_k\":129,\"top_p\":2}}",
                        malformed + "#/inferenceConfig/top_p: 2 is not less or equal to 1#/inferenceConfig/top_k: 129"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"max_new_tokens\":10001}}",
                        "The maximum tokens you requested exceeds the model limit of 10000."),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"reasoningConfig\":{\"type\":\"enabled\"}}}",
                        malformed + "#/inferenceConfig: extraneous key [reasoningConfig] is not permitted"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"stopSequences\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}}",
                        malformed + "#/inferenceConfig/stopSequences: expected maximum item count: 4, found: 5"),
                Arguments.of(
                        "{" + HI + ",\"inferenceConfig\":{\"maxTokens\":10001}}",
                        "The maximum tokens you requested exceeds the model limit of 10000."),
                Arguments.of(
                        "{" + HI + ",\"toolConfig\":{"
                                + TOOLS.replace("{\"type\":\"object\"", "{\"definitions\":{},\"type\":\"object\"")
                                + "}}",
                        malformed
                                + "#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [definitions] is not"
                                + " permitted"),
                Arguments.of(
                        "{" + HI + ",\"toolConfig\":{" + TOOLS.replace("lookup", "a.b") + "}}",
                        "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name'"),
                Arguments.of(
                        "{" + HI.replace("\"user\"", "\"assistant\"") + "}",
                        "A conversation must start with a user message."),
                Arguments.of("{" + HI.replace("Hi", " ") + "}", "The text field in the ContentBlock object at"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void what_nova_cannot_take_is_refused(String body, String words) {
        assertThatThrownBy(() -> family.read(json(body), LITE))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessageStartingWith(words);
    }

    @Test
    void the_second_nova_knows_three_efforts() {
        Model second = CatalogueReader.shipped().find("amazon.nova-2-lite-v1:0").orElseThrow();
        String body = "{" + HI + ",\"inferenceConfig\":{\"reasoningConfig\":{\"type\":\"enabled\","
                + "\"maxReasoningEffort\":\"EFFORT\"}}}";

        assertThatCode(() -> family.read(json(body.replace("EFFORT", "medium")), second))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> family.read(json(body.replace("EFFORT", "max")), second))
                .isInstanceOf(AwsFailure.class)
                .hasMessageStartingWith("Malformed input request: the provided reasoning config value is invalid");
    }

    @Test
    void a_prefill_and_the_other_names_of_parameters_pass() {
        assertThatCode(() -> family.read(
                        json(
                                "{\"inferenceConfig\":{\"max_new_tokens\":5,\"top_p\":0.9,\"top_k\":20},\"messages\":[{\"role\":\"user\",\"content\":"
                                        + "[{\"text\":\"Hi\"}]},{\"role\":\"assistant\",\"content\":[{\"text\":\"{\"}]}]}"),
                        LITE))
                .doesNotThrowAnyException();
    }

    @Test
    void a_question_is_answered_with_counters_of_its_own_names() {
        JsonNode reply = answer("{" + HI + ",\"inferenceConfig\":{\"maxTokens\":3}}");

        assertThat(reply.at("/output/message/content/0/text").asText()).isEqualTo("You asked: \"");
        assertThat(reply.get("stopReason").asText()).isEqualTo("max_tokens");
        assertThat(reply.get("usage"))
                .hasToString("{\"inputTokens\":1,\"outputTokens\":3,\"totalTokens\":4,"
                        + "\"cacheReadInputTokenCount\":0,\"cacheWriteInputTokenCount\":0}");
        assertThat(reply.has("metrics")).isFalse();
    }

    @Test
    void a_forced_tool_is_called_by_a_uuid() {
        JsonNode call = answer("{" + HI + ",\"toolConfig\":{" + TOOLS + ",\"toolChoice\":{\"any\":{}}}}")
                .at("/output/message/content/0/toolUse");

        assertThat(call.get("toolUseId").asText()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(call.get("input").get("city").isTextual()).isTrue();
    }

    @Test
    void tools_that_are_only_offered_make_it_think_aloud() {
        assertThat(answer("{" + HI + ",\"toolConfig\":{" + TOOLS + "}}")
                        .at("/output/message/content/0/text")
                        .asText())
                .matches("(?s)<thinking> .* </thinking>\\s+You asked: .*");
    }

    private JsonNode answer(String body) {
        Conversation conversation = family.read(json(body), LITE);
        return family.write(Answerer.answer(conversation, LITE, Directive.NONE), conversation, LITE);
    }
}
