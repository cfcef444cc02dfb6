package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program asks and gets, against the emulator. */
@Timeout(60)
class LlmClientTest {
    record Line(String item, BigDecimal price) {}

    record Positive(int count) {
        Positive {
            if (count < 0) {
                throw new IllegalArgumentException("must not be negative");
            }
        }
    }

    private static ClientHarness harness;
    private static LlmClient client;

    @BeforeAll
    static void open() {
        harness = new ClientHarness();
        client = harness.builder().property("caravan.rate-limit.requests", "0").build();
    }

    @AfterAll
    static void close() {
        client.close();
        harness.close();
    }

    @Test
    void prompt_isAnswered() {
        LlmReply reply = client.generate("How far is the moon?");

        assertThat(reply.text()).contains("How far is the moon?");
        assertThat(reply.model()).contains("claude-3-haiku");
        assertThat(reply.usage().inputTokens()).isPositive();
        assertThat(reply.emulated()).isFalse();
    }

    @Test
    void options_reachTheModel() {
        client.generate(
                "Hi",
                o -> o.system("Be brief.")
                        .temperature(0.25)
                        .maxTokens(77)
                        .stop("END", "FIN")
                        .metadata(Map.of("team", "export")));

        JsonNode body = harness.lastBody();
        assertThat(body.path("system").toString()).contains("Be brief.");
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.25);
        assertThat(body.path("max_tokens").asInt()).isEqualTo(77);
        assertThat(body.path("stop_sequences").toString()).isEqualTo("[\"END\",\"FIN\"]");
        assertThat(client.generate("Hi", CallOptions.of(o -> o.model("claude-3-opus")))
                        .model())
                .contains("opus");
    }

    @Test
    void defaultsOfTheClient_countWhereACallIsSilent() {
        try (LlmClient other = harness.builder()
                .defaults(o -> o.system("Default.").maxTokens(11))
                .build()) {
            other.generate("Hi", o -> o.maxTokens(12));

            assertThat(harness.lastBody().path("system").toString()).contains("Default.");
            assertThat(harness.lastBody().path("max_tokens").asInt()).isEqualTo(12);

            other.generate(LlmRequest.ofPrompt("Hi").build());

            assertThat(harness.lastBody().has("system")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "error=AccessDeniedException, PROVIDER_ACCESS_DENIED",
        "error=ValidationException, INVALID_REQUEST",
        "error=ThrottlingException, PROVIDER_THROTTLED",
        "error=ServiceUnavailableException, PROVIDER_UNAVAILABLE",
        "error=ModelTimeoutException, PROVIDER_TIMEOUT",
        "error=InternalServerException, PROVIDER_ERROR",
        "malformed=true, PROVIDER_ERROR",
        "reset=true, PROVIDER_UNAVAILABLE"
    })
    void failure_hasItsKind(String directive, ErrorKind kind) {
        LlmException failure = failure(() -> client.generateWithRetry("x\n@emulator " + directive, 0));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(LlmClientTest.class.getName()));
    }

    @Test
    void retries_areAsManyAsTheCallSays() {
        LlmException failure = failure(() -> client.generateWithRetry("many\n@emulator error=ThrottlingException", 4));

        assertThat(failure.attempts()).isEqualTo(5);
        assertThat(client.generateWithRetry("few\n@emulator error=ThrottlingException times=2", 2)
                        .attempts())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 11})
    void retriesOutOfRange_areRefusedBeforeACall(int retries) {
        int before = harness.calls();

        assertThat(failure(() -> client.generateWithRetry("x", retries)).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(harness.calls()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "\u3000"})
    void blankPrompt_isAWrongRequest(String prompt) {
        assertThat(failure(() -> client.generate(prompt))).hasMessageContaining("prompt");
    }

    @Test
    void nullForAnArgument_isAMistakeOfTheProgram() {
        CallOptions none = null;
        Consumer<CallOptions.Builder> nobody = null;
        AnswerType<Line> noType = null;
        AnswerType<Line> line = AnswerType.of(Line.class);

        requireNamed("prompt", () -> client.generate((String) null));
        requireNamed("prompt", () -> client.stream((String) null));
        requireNamed("prompt", () -> client.generateAsync((String) null));
        requireNamed("request", () -> client.generate((LlmRequest) null));
        requireNamed("request", () -> client.stream((LlmRequest) null));
        requireNamed("request", () -> client.generateAsync((LlmRequest) null));
        requireNamed("options", () -> client.generate("x", none));
        requireNamed("options", () -> client.generate("x", nobody));
        requireNamed("options", () -> client.generateWithRetry("x", 1, none));
        requireNamed("options", () -> client.generateAsync("x", none));
        requireNamed("options", () -> client.stream("x", none));
        requireNamed("options", () -> client.stream("x", nobody));
        requireNamed("options", () -> client.generateStructured("x", Line.class, none));
        requireNamed("options", () -> client.generateStructured("x", Line.class, nobody));
        requireNamed("options", () -> client.generateStructuredReply("x", line, null));
        requireNamed("type", () -> client.generateStructured("x", noType));
        requireNamed("type", () -> AnswerType.of((Class<?>) null));
        requireNamed("type", () -> AnswerType.of((TypeReference<?>) null));
        requireNamed("schema", () -> AnswerType.schema((String) null));
        requireNamed("schema", () -> client.generateStructured("x", (JsonNode) null));
    }

    @Test
    void unknownModel_isNotFound() {
        assertThat(failure(() -> client.generate("x", o -> o.model("claude-nine")))
                        .kind())
                .isEqualTo(ErrorKind.MODEL_NOT_FOUND);
    }

    @Test
    void structuredAnswer_isARecord() {
        Line line = client.generateStructured(
                "One line.\n@emulator text=\"{\\\"item\\\": \\\"ink\\\", \\\"price\\\": 1.10}\"", Line.class);

        assertThat(line).isEqualTo(new Line("ink", new BigDecimal("1.10")));
    }

    @Test
    void structuredAnswer_isJsonOrAList() {
        JsonNode schema =
                Json.object().put("type", "array").set("items", Json.object().put("type", "integer"));

        assertThat(client.generateStructured("Some.", schema).isArray()).isTrue();
        assertThat(client.generateStructured("Some.", AnswerType.schema(schema.toString()))
                        .isArray())
                .isTrue();
        assertThat(client.generateStructured("Some.", AnswerType.named("invoice"))
                        .has("total"))
                .isTrue();
        assertThat(client.generateStructured("Some.", AnswerType.of(new TypeReference<List<Line>>() {})))
                .first()
                .isInstanceOf(Line.class);
    }

    @Test
    void structuredReply_tellsUsageAndValidation() {
        StructuredReply<Line> reply = client.generateStructuredReply("One.", AnswerType.of(Line.class));

        assertThat(reply.value().item()).isNotBlank();
        assertThat(reply.reply().validation().attempts()).isEqualTo(1);
        assertThat(reply.reply().usage().outputTokens()).isPositive();
        assertThat(client.generate(LlmRequest.ofPrompt("One.")
                                .structured(Structured.named("invoice"))
                                .build())
                        .data())
                .isNotNull();
    }

    @Test
    void answerThatStaysInvalid_tellsWhatIsWrongAndWhatWasPaid() {
        LlmException failure = failure(() ->
                client.generateStructured("x\n@emulator text=no", Line.class, CallOptions.of(o -> o.maxRepairs(1))));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.raw()).isEqualTo("no");
        assertThat(failure.usage().totalTokens()).isPositive();
        assertThat(failure.errors()).isNotEmpty();
    }

    @Test
    void validAnswerThatTheConstructorRefuses_tellsWhereAndWhatWasPaid() {
        String prompt = "x\n@emulator text=\"[{\\\"count\\\": 1}, {\\\"count\\\": -3}]\"";
        LlmException failure =
                failure(() -> client.generateStructured(prompt, AnswerType.of(new TypeReference<List<Positive>>() {})));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure).hasMessageContaining("must not be negative").hasMessageContaining("/1");
        assertThat(failure.errors().get(0).path()).isEqualTo("/1");
        assertThat(failure.raw()).contains("-3");
        assertThat(failure.usage().totalTokens()).isPositive();
    }

    @Test
    void wrongSchemas_areRefusedBeforeACall() {
        int before = harness.calls();

        assertThat(failure(() -> client.generateStructured("x", AnswerType.schema("{\"type\": 5}")))
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(() -> client.generateStructured("x", AnswerType.schema("{")))
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(() -> client.generateStructured("x", AnswerType.named("nowhere")))
                        .kind())
                .isEqualTo(ErrorKind.NOT_FOUND);
        assertThat(harness.calls()).isEqualTo(before);
    }

    @Test
    void asyncAnswer_comes() throws Exception {
        assertThat(client.generateAsync("Hello").get(20, TimeUnit.SECONDS).text())
                .contains("Hello");
        assertThatThrownBy(() -> client.generateAsync("x", CallOptions.of(o -> o.model("claude-nine")))
                        .get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LlmException.class);
    }

    @Test
    void manyThreads_getTheirOwnAnswers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 640; i++) {
                String prompt = "number " + i + ".";
                tasks.add(() -> client.generate(prompt).text().contains(prompt) ? "" : prompt);
            }
            for (Future<String> wrong : threads.invokeAll(tasks, 50, TimeUnit.SECONDS)) {
                assertThat(wrong.get()).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void requireNamed(String argument, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }

    private static LlmException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(LlmException.class, call);
    }
}
