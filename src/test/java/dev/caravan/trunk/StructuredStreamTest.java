package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of answers that are to be valid: their parts are provisional, the reply is checked. */
class StructuredStreamTest {
    private static final JsonNode PERSON = json("""
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"], "additionalProperties": false}""");
    private static final String VALID = "{\"name\": \"Ada\", \"age\": 36}";
    private static final String LONG = "{\"name\":\"Augusta Ada King, Countess of Lovelace\",\"age\":36}";
    private static final String BY_WORDS = "anthropic.claude-v2:1";

    private final TestSink sink = new TestSink();
    private TestTrunk trunk;

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=1ms");
    }

    @AfterEach
    void stop() {
        trunk.close();
    }

    private Exchange ask(String model) {
        return trunk.stream(
                Trunk.STRUCTURED,
                LlmRequest.ofPrompt("Who is it?").model(model).structured(new Structured(PERSON, null, 2)),
                sink);
    }

    private static LlmReply reply(Exchange exchange) throws Exception {
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getBody(LlmReply.class);
    }

    private static String said(String text) {
        return "{\"text\": " + quoted(text) + "}";
    }

    private static String quoted(String text) {
        return Json.mapper().getNodeFactory().textNode(text).toString();
    }

    @ParameterizedTest
    @CsvSource({
        BY_WORDS + ", PROMPT",
        "claude-3-haiku, TOOL",
        "claude-sonnet-5, NATIVE",
        "nova-lite, TOOL",
        "mistral.mistral-large-2402-v1:0, PROMPT",
        "cohere.command-r-plus-v1:0, PROMPT",
        TestTrunk.UNKNOWN_ID + ", PROMPT"
    })
    void deltas_areTheTextOfTheAnswer_whateverTheWay(String model, Mode mode) throws Exception {
        LlmReply reply = reply(ask(model));

        assertThat(reply.validation().mode()).isEqualTo(mode);
        assertThat(sink.parts).allMatch(part -> !(part instanceof Part.ToolInput));
        assertThat(json(sink.text(1))).isEqualTo(reply.data());
        assertThat(sink.starts).hasSize(1);
    }

    @Test
    void anAnswerThatIsSentBack_countsUp() throws Exception {
        trunk.script(said("no idea") + "," + said("{\"name\": 1}") + "," + said(VALID));

        LlmReply reply = reply(ask(BY_WORDS));

        assertThat(reply.data()).isEqualTo(json(VALID));
        assertThat(reply.attempts()).isEqualTo(3);
        assertThat(sink.text(1)).isEqualTo("no idea");
        assertThat(sink.text(2)).isEqualTo("{\"name\": 1}");
        assertThat(sink.text(3)).isEqualTo(VALID);
        assertThat(sink.starts).hasSize(1);
    }

    @Test
    void aRetryBeforeTheSecondAnswersFirstPart_doesNotCountUp() throws Exception {
        trunk.script(said("no idea") + ",{\"fault\": \"reset\"}," + said(VALID));

        LlmReply reply = reply(ask(BY_WORDS));

        assertThat(reply.attempts()).isEqualTo(3);
        assertThat(sink.answers).startsWith(1).contains(2).doesNotContain(3);
        assertThat(sink.text(2)).isEqualTo(VALID);
    }

    @Test
    void aBreakAfterTheSecondAnswersFirstPart_isFinal() throws Exception {
        trunk.script(
                said("no idea") + ",{\"fault\": \"reset\", \"after\": 2, \"text\": \"a b c d e f g\"}," + said(VALID));

        LlmException failure = (LlmException) ask(BY_WORDS).getException();

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.raw()).isEqualTo(sink.text(2)).isNotEmpty();
        assertThat(failure.usage().inputTokens()).isPositive();
    }

    @Test
    void aBreakBeforeTheSecondAnswersFirstPart_leavesTheTextOfTheFirst() throws Exception {
        trunk.script(said("no idea") + ",{\"fault\": \"exception\", \"after\": 0}");

        LlmException failure = (LlmException) ask(BY_WORDS).getException();

        assertThat(failure.raw()).isEqualTo("no idea");
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_WORDS, "claude-3-haiku", "claude-sonnet-5", "nova-lite", TestTrunk.UNKNOWN_ID})
    void aBreakWithinTheAnswer_carriesWhatCameOfIt(String model) throws Exception {
        trunk.script("{\"fault\": \"reset\", \"after\": 3, \"text\": " + quoted(LONG) + "}");

        LlmException failure = (LlmException) ask(model).getException();

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.raw()).isEqualTo(sink.text(1)).isNotEmpty().hasSizeLessThan(LONG.length());
        assertThat(LONG).startsWith(failure.raw());
        assertThat(failure.attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_WORDS, "claude-3-haiku"})
    void anAnswerThatTheTotalTimeoutCutsOff_carriesWhatCameOfIt(String model) throws Exception {
        trunk.close();
        trunk = TestTrunk.start("caravan.timeout.total=1s");
        trunk.script("{\"fault\": \"stall\", \"after\": 3, \"text\": " + quoted(LONG) + "}");

        LlmException failure = (LlmException) ask(model).getException();

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.raw()).isEqualTo(sink.text(1)).isNotEmpty();
        assertThat(failure.usage().inputTokens()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_WORDS, TestTrunk.UNKNOWN_ID})
    void withoutAWorkerAtTheEnd_theFailureCarriesTheAnswer(String model) throws Exception {
        trunk.script(said(VALID));
        TestSink last = new TestSink() {
            @Override
            public synchronized void part(Part part, int answer) {
                super.part(part, answer);
                trunk.closeWorkers();
            }
        };

        Exchange exchange = trunk.stream(
                Trunk.STRUCTURED,
                LlmRequest.ofPrompt("Who is it?").model(model).structured(new Structured(PERSON, null, 2)),
                last);

        LlmException failure = (LlmException) exchange.getException();
        assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure.raw()).isEqualTo(VALID).isEqualTo(last.text(1));
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).usage())
                .isEqualTo(failure.usage());
    }

    @Test
    void aRefusedSchema_isAskedForInAnotherWay() throws Exception {
        trunk.script("{\"error\": \"ValidationException\", \"text\": \"output_config.format: Extra inputs are not"
                + " permitted\"}," + said(VALID));

        LlmReply reply = reply(ask("claude-sonnet-5"));

        assertThat(reply.validation().mode()).isNotEqualTo(Mode.NATIVE);
        assertThat(sink.answers).containsOnly(1);
        assertThat(sink.starts).hasSize(1);
    }
}
