package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of models whose catalogue entry cannot stream: the answer comes whole, and its parts at once. */
class WholeAnswersTest {
    private static final String CONVERSE = "whole-model";
    private static final String INVOKE = "anthropic.claude-3-haiku-20240307-v1:0";
    private static final String WORDS_ONLY = "words-model";
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"], "additionalProperties": false}""";
    private static final String VALID = "{\"name\":\"Ada\",\"age\":36}";

    private final TestSink sink = new TestSink();
    private TestTrunk trunk;

    @BeforeEach
    void start() throws Exception {
        trunk = TestTrunk.startWith(
                Path.of(getClass().getResource("/catalogue/whole-answers.yaml").toURI()), "caravan.retry.delay=1ms");
    }

    @AfterEach
    void stop() {
        trunk.close();
    }

    private static LlmReply reply(Exchange exchange) throws Exception {
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getBody(LlmReply.class);
    }

    private LlmRequest.Builder structured(String model) throws Exception {
        return LlmRequest.ofPrompt("Who is it?")
                .model(model)
                .structured(new Structured(Json.read(PERSON.getBytes(StandardCharsets.UTF_8)), null, 2));
    }

    private void assertNothingWasStreamed() throws Exception {
        trunk.calls()
                .path("requests")
                .forEach(call -> assertThat(call.path("path").asText()).doesNotContain("stream"));
    }

    @ParameterizedTest
    @ValueSource(strings = {CONVERSE, INVOKE})
    void words_comeAtOnce(String model) throws Exception {
        Exchange exchange =
                trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt("Hi").model(model), sink);

        LlmReply reply = reply(exchange);
        assertThat(sink.starts).hasSize(1);
        assertThat(sink.parts).containsExactly(new Part.Text(reply.text()));
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).firstPart())
                .isNotNull();
        assertNothingWasStreamed();
    }

    @ParameterizedTest
    @ValueSource(strings = {CONVERSE, INVOKE, WORDS_ONLY})
    void calls_comeAtOnce(String model) throws Exception {
        Tool tool = new Tool("lookup", "Looks something up", Json.read(PERSON.getBytes(StandardCharsets.UTF_8)));

        LlmReply reply = reply(trunk.stream(
                Trunk.GENERATE,
                LlmRequest.ofPrompt("Hi")
                        .model(model)
                        .tools(List.of(tool))
                        .toolChoice(ToolChoice.of(ToolChoice.Mode.ANY)),
                sink));

        assertThat(reply.toolCalls()).hasSize(1);
        assertThat(sink.input(0)).isEqualTo(reply.toolCalls().get(0).input().toString());
        assertNothingWasStreamed();
    }

    @ParameterizedTest
    @ValueSource(strings = {CONVERSE, INVOKE, WORDS_ONLY})
    void aFailure_isRetriedAsEver(String model) throws Exception {
        LlmReply reply = reply(trunk.stream(
                Trunk.STRUCTURED,
                structured(model).message(user("@emulator error=ThrottlingException times=2")),
                sink));

        assertThat(reply.attempts()).isEqualTo(3);
        assertThat(sink.starts).hasSize(1);
        assertThat(sink.answers).containsOnly(1);
        assertNothingWasStreamed();
    }

    private static dev.caravan.chat.Message user(String text) {
        return dev.caravan.chat.Message.of(dev.caravan.chat.Role.USER, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {CONVERSE, INVOKE, WORDS_ONLY})
    void theOwnToolsInput_isTheTextOfEachAnswer(String model) throws Exception {
        trunk.script("{\"text\": \"no idea\"}, {\"text\": \"{\\\"name\\\": 1}\"}, {\"text\": "
                + Json.mapper().getNodeFactory().textNode(VALID) + "}");

        LlmReply reply = reply(trunk.stream(Trunk.STRUCTURED, structured(model), sink));

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.validation().attempts()).isEqualTo(3);
        assertThat(reply.toolCalls()).isEmpty();
        assertThat(sink.parts).allMatch(part -> part instanceof Part.Text);
        assertThat(sink.text(1)).isEqualTo("no idea");
        assertThat(Json.read(sink.text(2).getBytes(StandardCharsets.UTF_8)).toString())
                .isEqualTo("{\"name\":1}");
        assertThat(sink.text(3)).isEqualTo(VALID);
        assertNothingWasStreamed();
    }

    @Test
    void wordsOfAModelThatStreamsThem_areStreamed() throws Exception {
        LlmReply reply =
                reply(trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt("Hi").model(WORDS_ONLY), sink));

        assertThat(sink.parts).hasSizeGreaterThan(1);
        assertThat(sink.text(1)).isEqualTo(reply.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {CONVERSE, INVOKE})
    void aSinkThatFails_leavesTheAnswerInTheFailure(String model) throws Exception {
        trunk.script("{\"text\": " + Json.mapper().getNodeFactory().textNode(VALID) + "}");
        TestSink failing = new TestSink() {
            @Override
            public synchronized void part(Part part, int answer) {
                throw new IllegalStateException("a sink's own");
            }
        };

        LlmException failure = (LlmException)
                trunk.stream(Trunk.STRUCTURED, structured(model), failing).getException();

        assertThat(failure.kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(failure.raw()).isEqualTo(VALID);
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(failure.attempts()).isEqualTo(1);
    }
}
