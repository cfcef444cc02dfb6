package dev.caravan.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    @Test
    void everyField_isRead() {
        LlmRequest request = read("""
                {"prompt": "Hello", "system_prompt": "Be brief.", "model": "claude-3-haiku", "temperature": 0.2,
                 "max_tokens": 512, "top_p": 0.9, "stop": ["END"], "max_retries": 3, "stream": true,
                 "metadata": {"team": "export"}}""");

        assertThat(request)
                .isEqualTo(LlmRequest.ofPrompt("Hello")
                        .system("Be brief.")
                        .model("claude-3-haiku")
                        .temperature(0.2)
                        .maxTokens(512)
                        .topP(0.9)
                        .stop("END")
                        .maxRetries(3)
                        .metadata(Map.of("team", "export"))
                        .stream(true)
                        .build());
    }

    @Test
    void messages_keepRolesAndOrder() {
        LlmRequest request = read("""
                {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"},
                 {"role": "assistant", "content": "A"}, {"role": "user", "content": "V"}]}""");

        assertThat(request.messages())
                .containsExactly(
                        Message.of(Role.SYSTEM, "S"),
                        Message.of(Role.USER, "U"),
                        Message.of(Role.ASSISTANT, "A"),
                        Message.of(Role.USER, "V"));
    }

    @Test
    void stop_mayBeOneString() {
        assertThat(read("{\"prompt\": \"x\", \"stop\": \"\\n\"}").stop()).containsExactly("\n");
    }

    @Test
    void blankSystemPrompt_countsAsAbsent() {
        assertThat(read("{\"prompt\": \"x\", \"system_prompt\": \"  \"}").system())
                .isNull();
        assertThat(read("{\"prompt\": \"x\", \"system_prompt\": \"\\u2060\"}").system())
                .isNull();
    }

    @Test
    void nullField_countsAsAbsent() {
        assertThat(read("{\"prompt\": \"x\", \"temperature\": null, \"messages\": null}"))
                .isEqualTo(LlmRequest.ofPrompt("x").build());
    }

    @Test
    void zero_isAValue() {
        assertThat(read("{\"prompt\": \"x\", \"temperature\": 0, \"max_retries\": 0}"))
                .isEqualTo(
                        LlmRequest.ofPrompt("x").temperature(0.0).maxRetries(0).build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\": \"x\", \"temprature\": 1}|temprature: unknown field",
                "{\"prompt\": \"x\", \"messages\": [{\"role\":\"user\",\"content\":\"y\"}]}|prompt, messages: send one",
                "{}|prompt: required",
                "{\"prompt\": \"  \"}|prompt: must not be blank",
                "{\"prompt\": 5}|prompt: must be a string, not the number 5",
                "{\"prompt\": [\"x\"]}|prompt: must be a string, not a list",
                "{\"prompt\": \"x\", \"temperature\": \"0.5\"}|temperature: must be a number, not a string",
                "{\"prompt\": \"x\", \"temperature\": 1e999}|temperature: must be a number",
                "{\"prompt\": \"x\", \"top_p\": true}|top_p: must be a number, not true",
                "{\"prompt\": \"x\", \"max_tokens\": 0}|max_tokens: must be at least 1, not 0",
                "{\"prompt\": \"x\", \"max_tokens\": 1.5}|max_tokens: must be a whole number",
                "{\"prompt\": \"x\", \"max_tokens\": 99999999999}|max_tokens: must be at most 2147483647, not 99999999999",
                "{\"prompt\": \"x\", \"max_tokens\": -99999999999}|max_tokens: must be at least 1, not -99999999999",
                "{\"messages\": [{\"role\": \"User\", \"content\": \"x\"}]}|messages[0].role: must be \"user\", \"assistant\" or \"system\", not \"User\"",
                "{\"prompt\": \"x\", \"max_retries\": 11}|max_retries: must be between 0 and 10, not 11",
                "{\"prompt\": \"x\", \"stream\": \"no\"}|stream: must be true or false",
                "{\"prompt\": \"x\", \"tools\": []}|tools: this version does not have this field yet",
                "{\"prompt\": \"x\", \"schema\": {}}|schema: belongs to a structured request: POST /v1/generate/structured",
                "{\"prompt\": \"x\", \"schema_name\": \"a\"}|schema_name: belongs to a structured request",
                "{\"prompt\": \"x\", \"max_repairs\": 1}|max_repairs: belongs to a structured request",
                "{\"prompt\": \"x\", \"stop\": \"\"}|stop: must not be empty",
                "{\"prompt\": \"x\", \"stop\": [\"a\", 5]}|stop[1]: must be a string",
                "{\"prompt\": \"\\u00a0\\u200b\"}|prompt: must not be blank",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"\\ufeff\"}]}|messages[0].content: must not be blank",
                "{\"prompt\": \"x\", \"model\": \" \"}|model: must not be blank",
                "{\"prompt\": \"x\", \"metadata\": {\"a\": 1}}|metadata.a: must be a string",
                "{\"prompt\": \"x\", \"metadata\": {\"a\": \"é\"}}|metadata.a: must be at most 256 characters of",
                "{\"prompt\": \"x\", \"metadata\": {\"\": \"v\"}}|metadata: the key",
                "{\"prompt\": \"x\", \"metadata\": []}|metadata: must be an object of strings, not a list",
                "{\"messages\": []}|messages: at least one message",
                "{\"messages\": {}}|messages: must be a list",
                "{\"messages\": [5]}|messages[0]: must be an object",
                "{\"messages\": [{\"role\": \"bot\", \"content\": \"x\"}]}|messages[0].role: must be \"user\"",
                "{\"messages\": [{\"role\": \"user\"}]}|messages[0].content: must be a string, not absent",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"\"}]}|messages[0].content: must not be blank",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{}]}]}|does not have content blocks yet",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\", \"name\": \"y\"}]}|messages[0].name: unknown",
                "{\"messages\": [{\"role\": \"system\", \"content\": \"x\"}]}|at least one message of the user",
                "{\"prompt\": \"x\", \"prompt\": \"y\"}|Duplicate",
                "{\"prompt\": \"x\"} {}|not valid JSON",
                "{\"prompt\": \"x\"|not valid JSON",
                "[]|must be a JSON object",
                "\"text\"|must be a JSON object",
                "{\"prompt\": \"\\ud83d\"}|not valid Unicode",
            })
    void badRequest_isRefusedByName(String body, String message) {
        assertThatThrownBy(() -> read(body))
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
                    assertThat(failure).hasMessageContaining(message);
                });
    }

    @Test
    void structuredFields_areRead() {
        LlmRequest request = structured("""
                {"prompt": "x", "schema": {"properties": {"a": {"const": 1.10}}}, "schema_name": null, "max_repairs": 0}""");

        assertThat(request.structured().schema()).hasToString("{\"properties\":{\"a\":{\"const\":1.10}}}");
        assertThat(request.structured().schemaName()).isNull();
        assertThat(request.structured().maxRepairs()).isZero();
        assertThat(structured("{\"prompt\": \"x\", \"schema\": true}")
                        .structured()
                        .schema()
                        .booleanValue())
                .isTrue();
        assertThat(structured("{\"prompt\": \"x\", \"schema_name\": \"invoice\"}")
                        .structured())
                .isEqualTo(Structured.named("invoice"));
        assertThat(structured("{\"prompt\": \"x\"}").structured()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\": \"x\", \"schema\": \"{}\"}|schema: must be a JSON Schema (an object, true or false), not a string",
                "{\"prompt\": \"x\", \"schema\": []}|schema: must be a JSON Schema (an object, true or false), not a list",
                "{\"prompt\": \"x\", \"schema\": 5}|schema: must be a JSON Schema (an object, true or false), not the number 5",
                "{\"prompt\": \"x\", \"schema_name\": 5}|schema_name: must be a string, not the number 5",
                "{\"prompt\": \"x\", \"schema_name\": \" \"}|schema_name: must not be blank",
                "{\"prompt\": \"x\", \"max_repairs\": 6}|max_repairs: must be between 0 and 5, not 6",
                "{\"prompt\": \"x\", \"max_repairs\": -1}|max_repairs: must be between 0 and 5, not -1",
                "{\"prompt\": \"x\", \"max_repairs\": 1.5}|max_repairs: must be a whole number",
                "{\"prompt\": \"x\", \"max_repairs\": \"1\"}|max_repairs: must be a whole number, not a string",
                "{\"prompt\": \"x\", \"shema\": {}}|temperature, top_p, max_repairs, schema, schema_name",
                "{\"prompt\": \"x\", \"schema\": {\"a\": 1, \"a\": 2}}|Duplicate",
                "{\"prompt\": \"x\", \"schema\": {\"a\": \"\\ud83d\"}}|not valid Unicode",
                "{\"prompt\": \"x\", \"tools\": []}|tools: this version does not have this field yet",
                "{\"schema\": {}}|prompt: required",
            })
    void badStructuredRequest_isRefusedByName(String body, String message) {
        assertThatThrownBy(() -> structured(body))
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
                    assertThat(failure).hasMessageContaining(message);
                });
    }

    private static LlmRequest structured(String body) {
        return RequestReader.readStructured(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void emptyBody_isRefusedWithAnExample() {
        assertThatThrownBy(() -> RequestReader.read(new byte[0])).hasMessageContaining("The body is empty");
    }

    @Test
    void seventeenPairsOfMetadata_areTooMany() {
        StringBuilder pairs = new StringBuilder("\"k0\": \"v\"");
        for (int i = 1; i < 17; i++) {
            pairs.append(", \"k").append(i).append("\": \"v\"");
        }

        assertThatThrownBy(() -> read("{\"prompt\": \"x\", \"metadata\": {" + pairs + "}}"))
                .hasMessageContaining("at most 16 pairs, not 17");
    }

    @Test
    void invalidUtf8_isRefused() {
        byte[] body = {'{', '"', 'p', 'r', 'o', 'm', 'p', 't', '"', ':', '"', (byte) 0xc3, (byte) 0x28, '"', '}'};

        assertThatThrownBy(() -> RequestReader.read(body)).hasMessageContaining("not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_001, 200_000})
    void deepNesting_isRefusedWithoutDeepRecursion(int depth) {
        String body = "{\"metadata\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

        assertThatThrownBy(() -> read(body)).hasMessageContaining("not valid JSON");
    }

    @Property
    void anyText_isReadOrRefusedAsInvalid(@ForAll @StringLength(max = 300) String text) {
        try {
            assertThat(read(text)).isNotNull();
        } catch (LlmException refused) {
            assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(Json.write(Problem.write(refused, "id"))).isNotEmpty();
        }
    }

    private static LlmRequest read(String body) {
        return RequestReader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "{\"a\": NaN}",
                "{ /* x */ }",
                "{\"a\": 01}",
                "{\"a\": x}",
                "{\"a\": [}",
                "{\"a\": \"\n\"}",
                "{\"a\": 1, \"a\": 2}",
                "{"
            })
    void brokenJson_isToldWithoutTheParsersNames(String body) {
        assertThatThrownBy(() -> read(body))
                .hasMessageStartingWith("The body is not valid JSON: ")
                .message()
                .doesNotContain("`", "Feature", "Jackson", "fasterxml", "Source");
    }

    @Test
    void tooDeepOrTooLong_isToldWithoutTheParsersNames() {
        String number = "{\"prompt\": " + "9".repeat(1001) + "}";
        String nested = "[".repeat(1001);

        for (String body : new String[] {number, nested}) {
            assertThatThrownBy(() -> read(body))
                    .message()
                    .contains("1001", "1000")
                    .doesNotContain("`", "StreamRead");
        }
    }

    @Test
    void aLongPrompt_isBoundedByTheBodyOnly() {
        assertThat(read("{\"prompt\": \"" + "x".repeat(21_000_000) + "\"}").messages())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE", "ISO-8859-1"})
    void otherEncodings_areRefused(String charset) {
        byte[] body = "{\"prompt\": \"ä\"}".getBytes(java.nio.charset.Charset.forName(charset));

        assertThatThrownBy(() -> RequestReader.read(body)).hasMessageContaining("it is not UTF-8");
    }

    @Test
    void overlongAndHalfForms_areRefused_andAByteOrderMarkIsNot() {
        for (int[] bytes : new int[][] {{0xC0, 0xA2}, {0xE0, 0x80, 0xA2}, {0xED, 0xA0, 0x80}, {0xC3}}) {
            byte[] body = "{\"prompt\": \"    \"}".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                body[12 + i] = (byte) bytes[i];
            }
            assertThatThrownBy(() -> RequestReader.read(body)).hasMessageContaining("it is not UTF-8");
        }
        assertThat(read("\uFEFF{\"prompt\": \"" + "ä𝄞".repeat(9000) + "\"}").messages())
                .containsExactly(Message.of(Role.USER, "ä𝄞".repeat(9000)));
    }
}
