package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.OnLimit;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Tool;
import dev.caravan.chat.Usage;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.StructuredAnswer.Result;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request for a valid answer, asked of a model that is told the schema in words. */
class StructuredTrunkTest {
    private static final String MODEL = "anthropic.claude-v2:1";
    private static final JsonNode PERSON = json("""
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"], "additionalProperties": false}""");
    private static final JsonNode PRICE = json("""
            {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"]}""");

    private static final String GUARDED = "Who?\n@emulator stop=guardrail_intervened text=";

    private TestTrunk trunk;

    @AfterEach
    void stop() {
        if (trunk != null) {
            trunk.close();
        }
    }

    @Test
    void validAnswer_isTakenAtOnce() throws Exception {
        start();

        LlmReply reply = trunk.askStructured(request("Who is it?", PERSON).build());

        assertThat(reply.data().path("name").isTextual()).isTrue();
        assertThat(reply.validation().mode()).isEqualTo(Mode.PROMPT);
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(reply.validation().repaired()).isFalse();
        assertThat(reply.attempts()).isEqualTo(1);
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(json(reply.text())).isEqualTo(reply.data());
        assertThat(body(0).path("system").asText())
                .contains("JSON", PERSON.toString())
                .doesNotContain("null");
    }

    @Test
    void instruction_standsBehindTheCallersOwn() throws Exception {
        start();

        trunk.askStructured(
                request("Who is it?", PERSON).system("You are a clerk.").build());

        assertThat(body(0).path("system").asText())
                .startsWith("You are a clerk.\n\n")
                .endsWith(PERSON.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.10", "12345678901234567890", "1e2", "0.1000000000000000055511151231257827"})
    void numbers_keepTheirDigits(String number) throws Exception {
        start();

        LlmReply reply =
                trunk.askStructured(request("Price?\n@emulator text=" + quoted("{\"price\": " + number + "}"), PRICE)
                        .build());

        assertThat(new String(Json.write(reply.data()), StandardCharsets.UTF_8))
                .isEqualTo(new String(Json.write(json("{\"price\": " + number + "}")), StandardCharsets.UTF_8));
        assertThat(reply.data().path("price").decimalValue()).isEqualTo(new BigDecimal(number));
    }

    @Test
    void invalidAnswer_isSentBackWithItsErrors() throws Exception {
        start();
        String wrong = "{\"name\": \"Ann\"}";

        LlmReply reply = trunk.askStructured(
                request("Who?\n@emulator times=1 text=" + quoted(wrong), PERSON).build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(reply.attempts()).isEqualTo(2);
        assertThat(reply.data().has("age")).isTrue();
        JsonNode messages = body(1).path("messages");
        assertThat(messages).hasSize(3);
        assertThat(messages.get(1).path("role").asText()).isEqualTo("assistant");
        assertThat(messages.get(1).path("content").asText()).isEqualTo(wrong);
        assertThat(messages.get(2).path("content").asText()).contains("age", "corrected JSON only");
        assertThat(reply.usage().inputTokens())
                .isGreaterThan(2 * firstUsage(wrong).inputTokens() - 1);
    }

    @Test
    void jsonInProseAndFences_isFound() throws Exception {
        start();
        String answer = "Here you are:\\n```json\\n{\\\"name\\\": \\\"Ann\\\", \\\"age\\\": 3}\\n```\\nAnything else?";

        LlmReply reply = trunk.askStructured(
                request("Who?\n@emulator text=\"" + answer + '"', PERSON).build());

        assertThat(reply.data()).isEqualTo(json("{\"name\": \"Ann\", \"age\": 3}"));
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(reply.validation().repaired()).isFalse();
        assertThat(reply.text()).startsWith("Here you are:");
    }

    @Test
    void damagedJson_isMendedAndSaidToBe() throws Exception {
        start();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.getIn()
                .setBody(request("Who?\n@emulator text=" + quoted("{\"name\": \"Ann\", \"age\": 3,}"), PERSON)
                        .build());

        trunk.context().createProducerTemplate().send(Trunk.STRUCTURED, exchange);

        LlmReply reply = exchange.getMessage().getBody(LlmReply.class);
        assertThat(reply.data()).isEqualTo(json("{\"name\": \"Ann\", \"age\": 3}"));
        assertThat(reply.validation().repaired()).isTrue();
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).structuredAnswers())
                .extracting(answer -> answer.result())
                .containsExactly(Result.REPAIRED);
    }

    @Test
    void repaired_speaksOfTheAnswerThatWasTaken() throws Exception {
        start();
        script("{\"text\": \"{\\\"name\\\": 1,}\"}");

        LlmReply reply = trunk.askStructured(request("Who?", PERSON).build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(reply.validation().repaired()).isFalse();
    }

    @Test
    void hostsOwnLoop_goesOnCountingAsBefore() throws Exception {
        start();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(Exchange.LOOP_INDEX, 7);
        exchange.getIn()
                .setBody(request("Who?\n@emulator times=1 text=no", PERSON).build());

        trunk.context().createProducerTemplate().send(Trunk.STRUCTURED, exchange);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getProperty(Exchange.LOOP_INDEX)).isEqualTo(7);
    }

    @Test
    void modelWithoutASystemPrompt_isToldInTheConversation() throws Exception {
        start();

        LlmReply reply = trunk.askStructured(request("Who?", PERSON)
                .model("mistral.mistral-7b-instruct-v0:2")
                .build());

        assertThat(reply.validation().mode()).isEqualTo(Mode.PROMPT);
        assertThat(reply.data().has("age")).isTrue();
        assertThat(body(0).has("system")).isFalse();
        assertThat(calls().get(0).path("body").asText()).contains("Who?", "JSON Schema");
    }

    @Test
    void answerThatStaysInvalid_is422WithAllThatWasPaid() throws Exception {
        start();

        LlmException failure = failure(request("Who?\n@emulator text=" + quoted("{\"name\": 7}"), PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.attempts()).isEqualTo(3);
        assertThat(failure.errors()).extracting(error -> error.keyword()).contains("type", "required");
        assertThat(failure.raw()).isEqualTo("{\"name\": 7}");
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(failure.truncated()).isFalse();
        assertThat(calls()).hasSize(3);
        assertThat(body(2).path("messages"))
                .as("only the last invalid answer is repeated")
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "5, 6"})
    void maxRepairs_boundsTheCalls(int repairs, int calls) throws Exception {
        start();

        LlmException failure = failure(LlmRequest.ofPrompt("Who?\n@emulator text=no")
                .model(MODEL)
                .structured(new Structured(PERSON, null, repairs)));

        assertThat(failure.attempts()).isEqualTo(calls);
        assertThat(failure)
                .hasMessageEndingWith(
                        "after " + calls + (calls == 1 ? " answer" : " answers") + " (max_repairs " + repairs + ").");
        assertThat(calls()).hasSize(calls);
    }

    @Test
    void cutOffAnswer_isNotAskedAgain() throws Exception {
        start();

        LlmException failure = failure(request("Who?\n@emulator text=" + quoted("{\"name\": \"Annabella of"), PERSON)
                .maxTokens(4));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.truncated()).isTrue();
        assertThat(failure).hasMessageContaining("max_tokens, which is 4").hasMessageContaining("up to 4096");
        assertThat(failure.errors()).isNotEmpty();
        assertThat(failure.raw()).startsWith("{\"name");
        assertThat(calls()).hasSize(1);
    }

    @Test
    void numberAtTheLimit_isNotTakenForAWholeOne() throws Exception {
        start();

        LlmException failure =
                failure(request("How many?\n@emulator stop=max_tokens text=12", json("{\"type\": \"integer\"}")));

        assertThat(failure.truncated()).isTrue();
        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("max_tokens");
    }

    @Test
    void wholeAnswerAtTheLimit_isTaken() throws Exception {
        start();

        LlmReply reply =
                trunk.askStructured(request("How?\n@emulator stop=max_tokens text=" + quoted("{\"price\": 1}"), PRICE)
                        .build());

        assertThat(reply.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(reply.data().path("price").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"anthropic.claude-v2:1, refusal", "nova-pro, content_filtered"})
    void refusal_isNotAskedAgainAndNoDataEvenIfItFits(String model, String reason) throws Exception {
        start();
        String answer = "{\"name\": \"Ann\", \"age\": 1}";

        LlmException failure = failure(request("Who?\n@emulator stop=" + reason + " text=" + quoted(answer), PERSON)
                .model(model));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly(reason);
        assertThat(json(failure.raw())).isEqualTo(json(answer));
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void answerThatAGuardrailMaskedOnly_isTakenWhenItFits() throws Exception {
        start();

        LlmReply reply = trunk.askStructured(request(GUARDED + quoted("{\"name\": \"{NAME}\", \"age\": 1}"), PERSON)
                .model("nova-pro")
                .build());

        assertThat(reply.data().path("name").asText()).isEqualTo("{NAME}");
        assertThat(reply.stopReason()).isEqualTo(StopReason.GUARDRAIL_INTERVENED);
        assertThat(reply.validation().attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sorry, the model cannot answer this question.", "{\"name\": \"{NAME}\"}"})
    void answerThatAGuardrailReplaced_isNotAskedAgain(String words) throws Exception {
        start();

        LlmException failure = failure(request(GUARDED + quoted(words), PERSON).model("nova-pro"));

        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("guardrail_intervened");
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void answerThatAGuardrailLeftDamaged_isNotMended() throws Exception {
        start();

        LlmException failure = failure(request(GUARDED + quoted("{\"name\": \"Ann\", \"age\": 1,}"), PERSON)
                .model("nova-pro"));

        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("guardrail_intervened");
    }

    @Test
    void reAskThatMeetsTheLimit_is429WithWhatWasPaid() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=20s");

        LlmException failure = failure(request("Who?\n@emulator text=no", PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.providerCode()).isNull();
        assertThat(failure.raw()).isEqualTo("no");
        assertThat(failure.usage().outputTokens()).isPositive();
    }

    @Test
    void reAskOfOneWhoWaits_waits() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=300ms", "caravan.timeout.total=10s");

        LlmReply reply = trunk.askStructured(request("Who?\n@emulator times=1 text=no", PERSON)
                .onLimit(OnLimit.WAIT)
                .build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @Test
    void reAskInAStop_waitsForAPermitThatComesInTime() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=1s");
        trunk.endUnpaidWaits(Duration.ofHours(1));

        LlmReply reply = trunk.askStructured(request("Who?\n@emulator times=1 text=no", PERSON)
                .onLimit(OnLimit.WAIT)
                .build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @Test
    void reAskInAStop_isEndedWhenItsPermitComesTooLate() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=1h");
        trunk.endUnpaidWaits(Duration.ofMinutes(1));

        LlmException failure =
                failure(request("Who?\n@emulator times=1 text=no", PERSON).onLimit(OnLimit.WAIT));

        assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure.raw()).isEqualTo("no");
        assertThat(failure.usage().outputTokens()).isPositive();
    }

    @Test
    void failureOfTheReAsk_carriesWhatWasPaid() throws Exception {
        start("caravan.retry.delay=1ms");
        script("{\"text\": \"no\"}, {\"error\": \"ThrottlingException\"}, {\"error\": \"ValidationException\"}");

        LlmException failure = failure(request("Who?", PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure.attempts()).isEqualTo(3);
        assertThat(failure.raw()).isEqualTo("no");
        assertThat(failure.usage().outputTokens()).isPositive();
    }

    @Test
    void throttledReAsk_isRetried() throws Exception {
        start("caravan.retry.delay=1ms");
        script("{\"text\": \"no\"}, {\"error\": \"ThrottlingException\"}");

        LlmReply reply = trunk.askStructured(request("Who?", PERSON).build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(reply.attempts()).isEqualTo(3);
    }

    @Test
    void retries_areABudgetOfTheWholeRequest() throws Exception {
        start("caravan.retry.delay=1ms", "caravan.retry.max=1");
        script("{\"error\": \"ThrottlingException\"}, {\"text\": \"no\"}, {\"error\": \"ThrottlingException\"}");

        LlmException failure = failure(request("Who?", PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.attempts()).isEqualTo(3);
        assertThat(failure.raw()).isEqualTo("no");
    }

    @Test
    void unreadableReAsk_is502WithWhatWasPaid() throws Exception {
        start();
        script("{\"text\": \"no\"}, {\"malformed\": true}");

        LlmException failure = failure(request("Who?", PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.raw()).isEqualTo("no");
        assertThat(failure.usage().outputTokens()).isPositive();
    }

    @Test
    void totalTimeout_isOneForAllAnswers() throws Exception {
        start("caravan.timeout.total=600ms");
        script("{\"text\": \"no\"}, {\"delay\": \"5s\"}");

        LlmException failure = failure(request("Who?", PERSON));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.raw()).isEqualTo("no");
    }

    @Test
    void callerWhoHasGone_getsNoReAsk() throws Exception {
        start();
        Cancellation gone = new Cancellation();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(ExchangeKeys.CANCELLATION, gone);
        exchange.getIn()
                .setBody(request("Who?\n@emulator delay=10s text=no", PERSON).build());
        CompletableFuture<Exchange> sent =
                trunk.context().createProducerTemplate().asyncSend(Trunk.STRUCTURED, exchange);
        Awaitility.await().until(() -> calls().size() == 1);

        gone.cancel();

        assertThat(sent.get(5, TimeUnit.SECONDS).getException()).isInstanceOf(LlmException.class);
        assertThat(calls()).hasSize(1);
    }

    @Test
    void namedSchema_isReadFromTheFolderOrShipped(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("person.schema.json"), PERSON.toString());
        start("caravan.schemas.dir=" + folder);

        assertThat(trunk.askStructured(Map.of("prompt", "Who?", "model", MODEL, "schema_name", "person"))
                        .data()
                        .has("age"))
                .isTrue();
        assertThat(trunk.askStructured(Map.of("prompt", "Read it.", "model", MODEL, "schema_name", "invoice"))
                        .data()
                        .has("total"))
                .isTrue();
    }

    @Test
    void wrongRequest_isRefusedWithoutACall() throws Exception {
        start();

        assertThat(failure(LlmRequest.ofPrompt("x"))).hasMessage("schema: required (or schema_name).");
        assertThat(failure(LlmRequest.ofPrompt("x").structured(new Structured(null, null, 2))))
                .hasMessage("schema: required (or schema_name).");
        assertThat(failure(LlmRequest.ofPrompt("x").structured(new Structured(PERSON, "person", null))))
                .hasMessageContaining("not both");
        assertThat(failure(LlmRequest.ofPrompt("x").structured(new Structured(PERSON, null, 6))))
                .hasMessageContaining("max_repairs: must be between 0 and 5");
        assertThat(failure(request("x", json("{\"type\": 7}"))).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(request("x", json("{\"$ref\": \"http://example.org/a.json\"}")))
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(LlmRequest.ofPrompt("x").structured(Structured.named("nobody-has-it")))
                        .kind())
                .isEqualTo(ErrorKind.NOT_FOUND);
        assertThat(failure(request("x", PERSON).message(Message.of(Role.ASSISTANT, "{"))))
                .hasMessageContaining("last message of a structured request must be the user's");
        assertThat(failure(request("x", PERSON).tools(List.of(new Tool("t", null, PERSON)))))
                .hasMessageContaining("tools");
        assertThat(calls()).isEmpty();
    }

    @Test
    void requestForText_refusesASchema() throws Exception {
        start();

        assertThat(catchThrowableOfType(
                        LlmException.class, () -> trunk.ask(request("x", PERSON).build())))
                .hasMessageContaining(Trunk.STRUCTURED);
        assertThat(catchThrowableOfType(
                        LlmException.class, () -> trunk.ask(Map.of("prompt", "x", "schema_name", "invoice"))))
                .hasMessageContaining("/v1/generate/structured");
        assertThat(calls()).isEmpty();
    }

    @Test
    void facts_tellEachAnswer() throws Exception {
        start();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.getIn()
                .setBody(request("Who?\n@emulator times=1 text=no", PERSON).build());

        trunk.context().createProducerTemplate().send(Trunk.STRUCTURED, exchange);

        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).structuredAnswers())
                .extracting(answer -> answer.result())
                .containsExactly(Result.INVALID, Result.VALID);
    }

    @Test
    void plainRequestAfterwards_isAsBefore() throws Exception {
        start();
        trunk.askStructured(request("Who?", PERSON).build());

        LlmReply reply = trunk.ask("Hello");

        assertThat(reply.data()).isNull();
        assertThat(reply.validation()).isNull();
    }

    private Usage firstUsage(String answer) throws Exception {
        return failure(LlmRequest.ofPrompt("Who?\n@emulator text=" + quoted(answer))
                        .model(MODEL)
                        .structured(new Structured(PERSON, null, 0)))
                .usage();
    }

    private void start(String... settings) throws Exception {
        trunk = TestTrunk.start(settings);
    }

    private static LlmRequest.Builder request(String prompt, JsonNode schema) {
        return LlmRequest.ofPrompt(prompt).model(MODEL).structured(Structured.schema(schema));
    }

    private LlmException failure(LlmRequest.Builder request) {
        return catchThrowableOfType(LlmException.class, () -> trunk.askStructured(request.build()));
    }

    private void script(String replies) throws Exception {
        trunk.script(replies);
    }

    private JsonNode calls() throws Exception {
        return trunk.calls().path("requests");
    }

    private JsonNode body(int call) throws Exception {
        return json(calls().get(call).path("body").asText());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
