package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which way to JSON is gone, and what each looks like on the wire. */
class StructuredModesTest {
    private static final String BY_TOOL = "claude-3-haiku";
    private static final String NATIVELY = "claude-haiku-4-5";
    private static final String IN_WORDS = "anthropic.claude-v2:1";
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
             "required": ["name", "age"], "additionalProperties": false}""";
    private static final String TREE = """
            {"type": "object", "properties": {"name": {"type": "string"},
             "children": {"type": "array", "items": {"$ref": "#"}, "maxItems": 1}},
             "required": ["name", "children"], "additionalProperties": false}""";

    private TestTrunk trunk;

    @BeforeEach
    void start() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=1ms");
    }

    @AfterEach
    void stop() {
        trunk.close();
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku, TOOL",
        "claude-haiku-4-5, NATIVE",
        "claude-sonnet-5, NATIVE",
        "anthropic.claude-v2:1, PROMPT",
        "nova-pro, TOOL",
        "nova-2-lite, TOOL",
        "mistral.mistral-large-2407-v1:0, TOOL",
        "mistral.mistral-7b-instruct-v0:2, PROMPT",
        "meta.llama3-70b-instruct-v1:0, PROMPT",
        "llama-4-scout, PROMPT",
        "amazon.titan-text-express-v1, PROMPT",
        "cohere.command-r-v1:0, PROMPT",
        "ai21.jamba-1-5-large-v1:0, PROMPT",
        "deepseek.r1-v1:0, PROMPT",
        "openai.gpt-oss-120b-1:0, NATIVE"
    })
    void model_decidesTheMode(String model, Mode mode) throws Exception {
        LlmReply reply = ask(model, "Who?", PERSON);

        assertThat(reply.validation().mode()).isEqualTo(mode);
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(reply.data().path("age").isIntegralNumber()).isTrue();
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.toolCalls()).isEmpty();
        assertThat(json(reply.text())).isEqualTo(reply.data());
    }

    @Test
    void toolMode_forcesTheOneTool() throws Exception {
        LlmReply reply = ask(BY_TOOL, "Who?", PERSON);

        JsonNode body = body(0);
        assertThat(body.path("tool_choice")).isEqualTo(json("{\"type\": \"tool\", \"name\": \"answer\"}"));
        assertThat(body.at("/tools/0/input_schema")).isEqualTo(json(PERSON));
        assertThat(body.has("system")).isFalse();
        assertThat(reply.stopReasonRaw()).isEqualTo("tool_use");
    }

    @Test
    void nativeMode_sendsTheSchemaInTheProvidersPart() throws Exception {
        ask(NATIVELY, "Who?", PERSON);

        JsonNode format = body(0).at("/output_config/format");
        assertThat(format.path("type").asText()).isEqualTo("json_schema");
        assertThat(format.at("/schema/properties/age/type").asText()).isEqualTo("integer");
        assertThat(format.at("/schema/properties/age").has("minimum")).isFalse();
        assertThat(body(0).has("tools")).isFalse();
    }

    @Test
    void nativeMode_isHeldToTheWholeSchema() throws Exception {
        LlmReply reply = ask(NATIVELY, directive("{\"name\": \"Ann\", \"age\": -1}"), PERSON);

        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(body(1).at("/messages/2/content").asText()).contains("/age", "JSON only");
        assertThat(body(1).has("output_config")).isTrue();
    }

    @Test
    void schemaThatTheProviderCannotHold_goesByTool() throws Exception {
        LlmReply reply = ask(NATIVELY, "A tree", TREE);

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.data().path("children").isArray()).isTrue();
    }

    @Test
    void invalidCall_isAnsweredByAResult() throws Exception {
        LlmReply reply = ask(BY_TOOL, directive("{\"name\": \"Ann\"}"), PERSON);

        assertThat(reply.validation().attempts()).isEqualTo(2);
        JsonNode messages = body(1).path("messages");
        assertThat(messages).hasSize(3);
        JsonNode call = messages.at("/1/content/0");
        assertThat(call.path("type").asText()).isEqualTo("tool_use");
        assertThat(call.path("input")).isEqualTo(json("{\"name\": \"Ann\"}"));
        JsonNode result = messages.at("/2/content/0");
        assertThat(result.path("type").asText()).isEqualTo("tool_result");
        assertThat(result.path("tool_use_id")).isEqualTo(call.path("id"));
        assertThat(result.path("is_error").asBoolean()).isTrue();
        assertThat(result.path("content").asText()).contains("age");
        assertThat(body(1).path("tool_choice").path("name").asText()).isEqualTo("answer");
    }

    @Test
    void invalidCallOfNova_isAnsweredByAResult() throws Exception {
        LlmReply reply = ask("nova-pro", directive("{\"name\": \"Ann\"}"), PERSON);

        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(body(1).at("/messages/2/content/0/toolResult/status").asText())
                .isEqualTo("error");
    }

    @Test
    void wordsInPlaceOfACall_areRead() throws Exception {
        LlmReply reply = ask(BY_TOOL, directive("no JSON at all"), PERSON);

        assertThat(reply.validation().attempts()).isEqualTo(2);
        JsonNode messages = body(1).path("messages");
        assertThat(messages.at("/1/content").asText()).isEqualTo("no JSON at all");
        assertThat(messages.at("/2/content").asText()).contains("Call answer");
    }

    @Test
    void callThatStaysInvalid_is422WithTheAnswerAsText() {
        LlmException failure = failure(BY_TOOL, "List\n@emulator text=" + quoted("{\"answer\": [\"a\"]}"), """
                {"type": "array", "items": {"type": "integer"}}""");

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.raw()).isEqualTo("[\"a\"]");
        assertThat(failure.errors()).extracting(error -> error.path()).containsExactly("/0");
        assertThat(failure.attempts()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_TOOL, NATIVELY, IN_WORDS, "nova-pro"})
    void cutOffAnswer_isAskedOnce(String model) throws Exception {
        LlmException failure = catchThrowableOfType(
                LlmException.class,
                () -> trunk.askStructured(LlmRequest.ofPrompt("Who?")
                        .model(model)
                        .maxTokens(2)
                        .structured(Structured.schema(json(PERSON)))
                        .build()));

        assertThat(failure.truncated()).isTrue();
        assertThat(failure).hasMessageContaining("max_tokens, which is 2");
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void callThatWasCutOff_isNoAnswerEvenIfItFits() throws Exception {
        LlmException failure = catchThrowableOfType(
                LlmException.class,
                () -> trunk.askStructured(LlmRequest.ofPrompt("Who?")
                        .model(BY_TOOL)
                        .maxTokens(2)
                        .structured(Structured.schema(json("""
                                {"type": "object", "properties": {"name": {"type": "string"}}}""")))
                        .build()));

        assertThat(failure.truncated()).isTrue();
        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("max_tokens");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 1}",
                "{\"type\": \"integer\", \"minimum\": 3}",
                "{\"type\": \"string\", \"enum\": [\"red\", \"green\"]}",
                "{\"anyOf\": [{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}, \"required\": [\"a\"]},"
                        + " {\"type\": \"string\"}]}",
                "{\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"type\": \"object\", \"properties\":"
                        + " {\"next\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#/$defs/n\"}]}}, \"required\": [\"next\"]}}}",
                "{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"id\": \"http://x.example/n\", \"type\": \"number\","
                        + " \"minimum\": 0, \"exclusiveMinimum\": true}",
                "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"definitions\": {\"s\":"
                        + " {\"type\": \"string\"}}, \"properties\": {\"a\": {\"$ref\": \"#/definitions/s\"}}, \"required\": [\"a\"]}",
                "{\"type\": \"object\", \"properties\": {\"Größe in m\": {\"type\": \"number\"}}, \"required\": [\"Größe in m\"]}",
            })
    void anySchema_goesByTool(String schema) throws Exception {
        LlmReply reply = ask(BY_TOOL, "Go", schema);

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(json(reply.text())).isEqualTo(reply.data());
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_TOOL, NATIVELY, IN_WORDS, "nova-pro"})
    void numbers_keepTheirDigitsInEachMode(String model) throws Exception {
        String answer = "{\"a\":1.10,\"b\":12345678901234567890,\"c\":1E+2}";

        LlmReply reply = ask(model, "Go\n@emulator text=" + quoted(answer), """
                {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "integer"},
                 "c": {"type": "number"}}, "required": ["a", "b", "c"], "additionalProperties": false}""");

        assertThat(reply.data()).hasToString(answer);
    }

    @Test
    void jsonWrittenAsAStringInACall_isRead() throws Exception {
        LlmReply reply = ask(BY_TOOL, "Go\n@emulator text=" + quoted("{\"answer\": \"[1, 2]\"}"), """
                {"type": "array", "items": {"type": "integer"}}""");

        assertThat(reply.data()).isEqualTo(json("[1, 2]"));
        assertThat(reply.validation().attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_TOOL, "nova-pro", "mistral.mistral-large-2407-v1:0"})
    void inputOfNearlyTheGreatestDepth_isTaken(String model) throws Exception {
        String deep = "{\"a\":" + "[".repeat(899) + "]".repeat(899) + "}";

        LlmReply reply = ask(model, "Go\n@emulator text=" + quoted(deep), "{\"type\": \"object\"}");

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(reply.data().toString()).isEqualTo(deep);
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_TOOL, "nova-pro", "mistral.mistral-large-2407-v1:0"})
    void inputThatIsDeeper_isAskedAgainWithoutIt(String model) throws Exception {
        String deep = "{\"a\":" + "[".repeat(985) + "]".repeat(985) + "}";

        LlmException failure = failure(model, "Go\n@emulator text=" + quoted(deep), "{\"type\": \"object\"}");

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.attempts()).isEqualTo(3);
        assertThat(failure.errors().get(0).message()).contains("deeper than 900");
        assertThat(failure.raw()).isEqualTo(deep);
    }

    private LlmReply ask(String model, String prompt, String schema) throws Exception {
        return trunk.askStructured(LlmRequest.ofPrompt(prompt)
                .model(model)
                .structured(Structured.schema(json(schema)))
                .build());
    }

    private LlmException failure(String model, String prompt, String schema) {
        return catchThrowableOfType(LlmException.class, () -> ask(model, prompt, schema));
    }

    private static String directive(String answer) {
        return "Who?\n@emulator times=1 text=" + quoted(answer);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private JsonNode body(int call) throws Exception {
        return json(trunk.calls().path("requests").get(call).path("body").asText());
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
