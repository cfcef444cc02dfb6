package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static dev.caravan.support.EmulatorHarness.prompt;
import static dev.caravan.support.EmulatorModels.FABLE_5;
import static dev.caravan.support.EmulatorModels.HAIKU_3;
import static dev.caravan.support.EmulatorModels.HAIKU_45;
import static dev.caravan.support.EmulatorModels.OPUS_46;
import static dev.caravan.support.EmulatorModels.OPUS_47;
import static dev.caravan.support.EmulatorModels.SONNET_5;
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
import dev.caravan.emulator.misbehave.DirectiveLine;
import dev.caravan.model.Model;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnthropicMessagesTest {
    private static final String TOOL =
            "{\"name\":\"lookup\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
                    + "\"required\":[\"city\"]}}";
    private static final String CLOSED = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},"
            + "\"required\":[\"n\"],\"additionalProperties\":false}";
    private static final Map<String, Model> MODELS = Map.of(
            "haiku-3", HAIKU_3,
            "haiku-4.5", HAIKU_45,
            "opus-4.6", OPUS_46,
            "opus-4.7", OPUS_47,
            "sonnet-5", SONNET_5,
            "fable-5", FABLE_5);
    private final AnthropicMessages family = new AnthropicMessages();

    /** Faults of the body's shape: members to set (null: to remove) and the words between "request: " and ", please". */
    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("{\"max_tokens\":null}", "#: required key [max_tokens] not found"),
                Arguments.of(
                        "{\"anthropic_version\":null,\"messages\":null}",
                        "#: required key [anthropic_version] not found#: required key [messages] not found"),
                Arguments.of("{\"model\":\"x\"}", "#: extraneous key [model] is not permitted"),
                Arguments.of("{\"stream\":false}", "#: extraneous key [stream] is not permitted"),
                Arguments.of(
                        "{\"max_tokens\":null,\"prompt\":\"x\"}",
                        "#: required key [max_tokens] not found#: extraneous key [prompt] is not permitted"),
                Arguments.of(
                        "{\"anthropic_version\":\"2023-06-01\"}",
                        "#/anthropic_version: 2023-06-01 is not a valid enum value"),
                Arguments.of("{\"max_tokens\":\"5\"}", "#/max_tokens: expected type: Integer, found: String"),
                Arguments.of("{\"max_tokens\":1.5}", "#/max_tokens: expected type: Integer, found: Double"),
                Arguments.of("{\"max_tokens\":0}", "#/max_tokens: 0 is not greater or equal to 1"),
                Arguments.of("{\"messages\":\"Hi\"}", "#/messages: expected type: JSONArray, found: String"),
                Arguments.of("{\"temperature\":\"0.5\"}", "#/temperature: expected type: Number, found: String"),
                Arguments.of("{\"temperature\":1.5}", "#/temperature: 1.5 is not less or equal to 1"),
                Arguments.of("{\"top_p\":-0.1}", "#/top_p: -0.1 is not greater or equal to 0"),
                Arguments.of("{\"top_k\":501}", "#/top_k: 501 is not less or equal to 500"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_body_of_another_shape_is_refused(String change, String words) {
        refused(change, HAIKU_3, "Malformed input request: " + words + ", please reformat your input and try again.");
    }

    /** Faults that the model finds: model, members to set, and the beginning of its words. */
    static Stream<Arguments> errors() {
        String twoRoles =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"I\"}]";
        String thinking = "{\"max_tokens\":2000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}";
        return Stream.of(
                Arguments.of("haiku-3", "{\"max_tokens\":4097}", "max_tokens: 4097 > 4096, which is the maximum"),
                Arguments.of(
                        "haiku-4.5",
                        "{\"temperature\":0.5,\"top_p\":0.5}",
                        "`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
                Arguments.of("opus-4.7", "{\"temperature\":1}", "`temperature` is deprecated for this model."),
                Arguments.of("opus-4.7", "{\"top_p\":1}", "`top_p` is deprecated for this model."),
                Arguments.of("haiku-3", "{\"messages\":[]}", "messages: at least one message is required"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"name\":\"Ann\",\"content\":\"Hi\"}]}",
                        "messages.0.name: Extra inputs are not permitted"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\",\"id\":1}]}]}",
                        "messages.0.content.0.text.id: Extra inputs are not permitted"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"\u200b\u00a0\"}]}",
                        "messages: text content blocks must contain non-whitespace text"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"assistant\",\"content\":\"Hi\"}]}",
                        "messages: first message must use the \"user\" role"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"Hi\"}]}",
                        "messages: Unexpected role \"system\"."),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"bot\",\"content\":\"Hi\"}]}",
                        "messages.0.role: Input should be 'user' or 'assistant'"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\" \"}]}",
                        "messages: text content blocks must contain non-whitespace text"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\\n\"}]}]}",
                        "messages: text content blocks must contain non-whitespace text"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[]}]}",
                        "messages.0: all messages must have non-empty content"),
                Arguments.of("haiku-3", "{\"messages\":[{\"role\":\"user\"}]}", "messages.0.content: Field required"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}]}",
                        "messages.0.content.0: Input tag 'video'"),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"url\"}}]}]}",
                        "messages.0.content.0.image.source.type: Input should be 'base64'"),
                Arguments.of("haiku-3", "{\"system\":\" \"}", "system: text content blocks must contain"),
                Arguments.of("haiku-3", "{\"stop_sequences\":[\" \"]}", "stop_sequences: each stop sequence must"),
                Arguments.of("opus-4.6", twoRoles + "}", "This model does not support assistant message prefill."),
                Arguments.of(
                        "haiku-3",
                        twoRoles.replace("\"I\"", "\"I \"") + "}",
                        "messages: final assistant content cannot end with trailing whitespace"),
                Arguments.of("haiku-3", thinking + "}", "'claude-3-haiku-20240307' does not support thinking."),
                Arguments.of("opus-4.7", thinking + "}", "\"thinking.type.enabled\" is not supported for this model."),
                Arguments.of("sonnet-5", thinking + "}", "\"thinking.type.enabled\" is not supported for this model."),
                Arguments.of("fable-5", thinking + "}", "\"thinking.type.enabled\" is not supported for this model."),
                Arguments.of(
                        "fable-5",
                        "{\"thinking\":{\"type\":\"disabled\"}}",
                        "\"thinking.type.disabled\" is not supported for this model."),
                Arguments.of(
                        "haiku-4.5",
                        "{\"thinking\":{\"type\":\"adaptive\"}}",
                        "adaptive thinking is not supported on this model"),
                Arguments.of("haiku-4.5", "{\"thinking\":{\"type\":\"on\"}}", "thinking: Input tag 'on'"),
                Arguments.of("haiku-4.5", thinking + ",\"temperature\":0.5}", "`temperature` may only be set to 1"),
                Arguments.of("haiku-4.5", thinking + ",\"top_k\":5}", "`top_k` must be unset"),
                Arguments.of(
                        "haiku-4.5",
                        "{\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1000}}",
                        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
                Arguments.of(
                        "haiku-4.5",
                        "{\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}}",
                        "`max_tokens` must be greater than `thinking.budget_tokens`."),
                Arguments.of(
                        "haiku-4.5",
                        thinking + ",\"tools\":[" + TOOL + "],\"tool_choice\":{\"type\":\"any\"}}",
                        "Thinking may not be enabled when tool_choice forces tool use."),
                Arguments.of(
                        "haiku-3", "{\"tool_choice\":{\"type\":\"auto\"}}", "tool_choice may only be specified while"),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL + "],\"tool_choice\":{\"type\":\"tool\",\"name\":\"x\"}}",
                        "Tool 'x' not found in provided tools"),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL.replace("lookup", "a.b") + "]}",
                        "tools.0.custom.name: String"),
                Arguments.of(
                        "haiku-3", "{\"tools\":[{\"name\":\"a\"}]}", "tools.0.custom.input_schema: Field required"),
                Arguments.of("haiku-3", "{\"tools\":[" + TOOL + "," + TOOL + "]}", "tools: Tool names must be unique."),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL + "],\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
                                + "\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"x\"}]}]}",
                        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1."),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL + "],\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":"
                                + "\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"lookup\","
                                + "\"input\":{}}]},{\"role\":\"user\",\"content\":\"Hi\"}]}",
                        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1."),
                Arguments.of(
                        "haiku-3",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":["
                                + "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"lookup\",\"input\":{}}]},"
                                + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\"}]}]}",
                        "Requests which have `tool_use` or `tool_result` blocks in messages must define tools."),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL.replace("\"object\"", "\"string\"") + "]}",
                        "tools.0.custom.input_schema.type: Input should be 'object'"),
                Arguments.of(
                        "haiku-3",
                        "{\"tools\":[" + TOOL + "],\"tool_choice\":{\"type\":\"required\"}}",
                        "tool_choice: Input tag 'required'"),
                Arguments.of(
                        "fable-5",
                        "{\"tools\":[" + TOOL + "],\"tool_choice\":{\"type\":\"any\"}}",
                        "Thinking may not be enabled when tool_choice forces tool use."),
                Arguments.of(
                        "haiku-3", "{\"output_config\":{\"format\":{}}}", "'claude-3-haiku-20240307' does not support"),
                Arguments.of("haiku-4.5", "{\"output_config\":{\"effort\":\"huge\"}}", "output_config.effort: Input"),
                Arguments.of(
                        "haiku-4.5",
                        format(CLOSED.replace(",\"additionalProperties\":false", "")),
                        "output_config.format.schema: For 'object' type, 'additionalProperties' must be"),
                Arguments.of(
                        "haiku-4.5",
                        format(CLOSED.replace("\"integer\"", "\"integer\",\"minimum\":1")),
                        "output_config.format.schema: For 'integer' type, property 'minimum' is not supported"),
                Arguments.of(
                        "haiku-4.5",
                        format(CLOSED.replace("{\"type\":\"integer\"}", "{\"$ref\":\"#/properties/n\"}")),
                        "output_config.format.schema: Recursive references are not supported"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void what_the_model_cannot_do_is_refused_in_its_words(String model, String change, String words) {
        refused(change, MODELS.get(model), "The model returned the following errors: " + words);
    }

    @Test
    void what_is_allowed_passes() {
        for (Model model : List.of(HAIKU_45, OPUS_46)) {
            accepted("{\"max_tokens\":2000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}}", model);
        }
        for (Model model : List.of(OPUS_46, OPUS_47, SONNET_5, FABLE_5)) {
            accepted("{\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}}", model);
        }
        for (Model model : List.of(HAIKU_3, HAIKU_45, OPUS_46, OPUS_47, SONNET_5)) {
            accepted("{\"thinking\":{\"type\":\"disabled\"}}", model);
        }
        accepted("{\"temperature\":0,\"top_p\":1,\"top_k\":500,\"anthropic_beta\":[\"x\"]}", HAIKU_3);
        accepted(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]}",
                HAIKU_3);
    }

    @Test
    void the_same_question_has_the_same_answer_and_ids() {
        JsonNode first = answer("{}", HAIKU_3);

        assertThat(first).isEqualTo(answer("{}", HAIKU_3)).isNotEqualTo(answer("{\"max_tokens\":400}", HAIKU_3));
        assertThat(first.get("id").asText()).matches("msg_bdrk_[A-Za-z0-9]{24}");
        assertThat(first.get("model").asText()).isEqualTo("claude-3-haiku-20240307");
        assertThat(first.get("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(first.get("stop_sequence").isNull()).isTrue();
        assertThat(text(first)).contains("\"Hello there\"").contains("Claude 3 Haiku");
    }

    @Test
    void the_answer_ends_at_max_tokens() {
        JsonNode answer = answer("{\"max_tokens\":3}", HAIKU_3);

        assertThat(text(answer)).isEqualTo("You asked: \"");
        assertThat(answer.get("stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(answer.get("usage").get("output_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void the_answer_ends_before_the_first_stop_sequence() {
        JsonNode answer = answer("{\"stop_sequences\":[\"there\",\"asked\",\"absent\"]}", HAIKU_3);

        assertThat(text(answer)).isEqualTo("You ");
        assertThat(answer.get("stop_reason").asText()).isEqualTo("stop_sequence");
        assertThat(answer.get("stop_sequence").asText()).isEqualTo("asked");
    }

    @Test
    void max_tokens_may_come_before_a_stop_sequence() {
        assertThat(answer("{\"max_tokens\":1,\"stop_sequences\":[\"there\"]}", HAIKU_3)
                        .get("stop_reason")
                        .asText())
                .isEqualTo("max_tokens");
    }

    @Test
    void a_model_that_thinks_by_itself_thinks_first_unless_told_not_to() {
        assertThat(types(answer("{}", SONNET_5))).containsExactly("thinking", "text");
        assertThat(types(answer("{}", FABLE_5))).containsExactly("thinking", "text");
        assertThat(types(answer("{\"thinking\":{\"type\":\"disabled\"}}", SONNET_5)))
                .containsExactly("text");
        assertThat(types(answer("{}", OPUS_47))).containsExactly("text");
        assertThat(types(answer("{\"max_tokens\":2}", SONNET_5))).containsExactly("thinking");
    }

    @Test
    void a_forced_tool_is_called_with_input_that_fits() {
        for (String choice : List.of("{\"type\":\"any\"}", "{\"type\":\"tool\",\"name\":\"lookup\"}")) {
            JsonNode answer = answer("{\"tools\":[" + TOOL + "],\"tool_choice\":" + choice + "}", HAIKU_3);

            JsonNode call = answer.get("content").get(0);
            assertThat(answer.get("stop_reason").asText()).isEqualTo("tool_use");
            assertThat(call.get("id").asText()).startsWith("toolu_bdrk_");
            assertThat(call.get("name").asText()).isEqualTo("lookup");
            assertThat(call.get("input").get("city").isTextual()).isTrue();
        }
    }

    @Test
    void a_told_text_is_the_input_of_a_forced_tool_or_words_instead() {
        String tools = "{\"tools\":[" + TOOL + "],\"tool_choice\":{\"type\":\"any\"}}";

        assertThat(answer(tools, HAIKU_3, "text={\"city\":5}")
                        .get("content")
                        .get(0)
                        .get("input"))
                .isEqualTo(json("{\"city\":5}"));
        assertThat(text(answer(tools, HAIKU_3, "text=\"I would rather not\""))).isEqualTo("I would rather not");
    }

    @Test
    void tools_that_are_only_offered_are_not_called() {
        assertThat(types(answer("{\"tools\":[" + TOOL + "]}", HAIKU_3))).containsExactly("text");
    }

    @Test
    void a_schema_as_parameter_is_answered_with_json() {
        assertThat(text(answer(format(CLOSED), HAIKU_45))).isEqualTo("{\"n\":1}");
    }

    @Test
    void a_schema_in_the_prompt_is_answered_with_json() {
        ObjectNode body =
                prompt("What {is} it? Answer with JSON that fits this JSON Schema:\n" + CLOSED + "\nOnly JSON.");

        assertThat(text(answer(body, HAIKU_3, Directive.NONE))).isEqualTo("{\"n\":1}");
    }

    @Test
    void a_schema_in_the_system_prompt_is_kept_in_mind_and_a_prefill_is_continued() {
        ObjectNode body = prompt("Extract it.");
        body.put("system", "Answer with JSON: " + CLOSED);
        body.withArray("messages").addObject().put("role", "assistant").put("content", "{");

        assertThat(text(answer(body, HAIKU_3, Directive.NONE))).isEqualTo("\"n\":1}");
    }

    private void refused(String change, Model model, String message) {
        assertThatThrownBy(() -> family.read(body(change), model))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessageStartingWith(message);
    }

    private void accepted(String change, Model model) {
        assertThatCode(() -> family.read(body(change), model)).doesNotThrowAnyException();
    }

    private JsonNode answer(String change, Model model) {
        return answer(body(change), model, Directive.NONE);
    }

    private JsonNode answer(String change, Model model, String directive) {
        return answer(
                body(change),
                model,
                DirectiveLine.find("@emulator " + directive).orElseThrow());
    }

    private JsonNode answer(ObjectNode body, Model model, Directive directive) {
        Conversation conversation = family.read(body, model);
        return family.write(Answerer.answer(conversation, model, directive), conversation, model);
    }

    private static ObjectNode body(String change) {
        ObjectNode body = prompt("Hello there");
        json(change).properties().forEach(member -> {
            if (member.getValue().isNull()) {
                body.remove(member.getKey());
            } else {
                body.set(member.getKey(), member.getValue());
            }
        });
        return body;
    }

    private static String format(String schema) {
        return "{\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":" + schema + "}}}";
    }

    private static List<String> types(JsonNode answer) {
        return answer.get("content").findValuesAsText("type");
    }

    private static String text(JsonNode answer) {
        return answer.get("content").get(0).get("text").asText();
    }
}
