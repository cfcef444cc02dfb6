package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Tool;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.StructuredAnswer.Result;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.support.BedrockTestServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies of a provider that are not as they should be, paid for all the same. */
class UnsoundRepliesTest {
    private static final String HAIKU = "claude-3-haiku";
    private static final String NOVA = "nova-pro";
    private static final String MISTRAL = "mistral.mistral-large-2407-v1:0";
    private static final String A = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}},"
            + " \"required\": [\"a\"], \"additionalProperties\": false}";
    private static final String USAGE = ", \"usage\": {\"input_tokens\": 11, \"output_tokens\": 5}}";
    private static final Usage PAID = Usage.of(11L, 5L);

    private final Vertx vertx = OwnVertx.create(1);
    private final BedrockTestServer server = new BedrockTestServer(vertx);
    private final Deque<String> bodies = new ArrayDeque<>();
    private TestTrunk trunk;

    @BeforeEach
    void start() throws Exception {
        trunk = TestTrunk.startAt(server.uri());
        server.answer(request -> BedrockTestServer.answering(
                        200,
                        Map.of("Content-Type", "application/json"),
                        bodies.size() > 1 ? bodies.poll() : bodies.peek())
                .handle(request));
    }

    @AfterEach
    void stop() {
        trunk.close();
        server.close();
        vertx.close();
    }

    @Test
    void argumentsThatWereMended_areNoCallOfTheCallers() throws Exception {
        bodies.add(mistral("{\"a\":1,}"));

        LlmReply reply = ask(MISTRAL);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 1}"));
        assertThat(reply.validation().repaired()).isTrue();
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.toolCalls()).isEmpty();
    }

    @Test
    void argumentsThatCannotBeRead_areAnsweredByAResult() throws Exception {
        bodies.addAll(List.of(mistral("{\"a\": "), mistral("{\"a\": 2}")));

        LlmReply reply = ask(MISTRAL);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 2}"));
        assertThat(reply.validation().attempts()).isEqualTo(2);
        JsonNode messages = sent(1).path("messages");
        assertThat(messages.at("/1/tool_calls/0/id").asText()).isEqualTo("abcdefghi");
        assertThat(messages.at("/2/role").asText()).isEqualTo("tool");
        assertThat(messages.at("/2/tool_call_id").asText()).isEqualTo("abcdefghi");
        assertThat(messages.at("/2/content").asText()).contains("{\"a\": ", "Call answer again");
    }

    @ParameterizedTest
    @ValueSource(strings = {HAIKU, NOVA})
    void inputThatIsTheJsonOfAnObject_isReadAsIt(String model) throws Exception {
        bodies.add(call(model, "\"{\\\"a\\\":1}\""));

        LlmReply reply = ask(model);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 1}"));
        assertThat(reply.validation().attempts()).isEqualTo(1);
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                HAIKU + "|[1]",
                HAIKU + "|\"no\"",
                HAIKU + "|{\"a\": 1, \"a\": 2}",
                NOVA + "|{\"a\": 1, \"a\": 2}",
                NOVA + "|7"
            })
    void inputThatIsNoSoundObject_isAskedAgain(String model, String input) throws Exception {
        bodies.addAll(List.of(call(model, input), call(model, "{\"a\": 3}")));

        LlmReply reply = ask(model);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 3}"));
        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(reply.usage()).isEqualTo(Usage.of(22L, 10L));
    }

    @ParameterizedTest
    @CsvSource({HAIKU + ",null", HAIKU + ",'\" \"'", NOVA + ",null", NOVA + ",'\"\"'", NOVA + ",MISSING"})
    void callWithoutInput_isNoAnswerWhereNothingIsRequired(String model, String input) throws Exception {
        String empty = call(model, input).replace(", \"input\": MISSING", "");
        bodies.addAll(List.of(empty, call(model, "{\"a\": 3}")));

        LlmReply reply = askAnything(model);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 3}"));
        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(sent(1).at("/messages/2").toString()).contains("That call had no input.", "Call answer again");
    }

    @Test
    void blankArguments_areNoAnswerWhereNothingIsRequired() throws Exception {
        bodies.addAll(List.of(mistral(""), mistral("{}")));

        LlmReply reply = askAnything(MISTRAL);

        assertThat(reply.data()).isEqualTo(Json.object());
        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"\\ud83d\": 1, \"\\ud83e\": 2}", "{\"b\": \"\\ud83d\"}"})
    void inputWithHalfASurrogatePair_isAskedAgain(String input) throws Exception {
        bodies.addAll(List.of(call(HAIKU, input), call(HAIKU, "{\"a\": 3}")));

        LlmReply reply = askAnything(HAIKU);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 3}"));
        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(sent(1).at("/messages/2").toString()).contains("ud83d", "surrogate");
    }

    @Test
    void inputWithANumberBeyondAllBounds_isAskedAgain() throws Exception {
        bodies.addAll(List.of(call(HAIKU, "{\"a\": " + "1".repeat(2000) + "}"), call(HAIKU, "{\"a\": 3}")));

        assertThat(ask(HAIKU).validation().attempts()).isEqualTo(2);
    }

    @Test
    void inputBeyondTheDepth_isAskedAgain() throws Exception {
        String deep = "[".repeat(998) + "]".repeat(998);
        bodies.addAll(List.of(call(HAIKU, "{\"a\": " + deep + "}"), call(HAIKU, "{\"a\": 3}")));

        LlmReply reply = askAnything(HAIKU);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 3}"));
        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {HAIKU, NOVA})
    void keyThatStandsTwiceElsewhere_is502WithTheReasonAndWhatWasPaid(String model) throws Exception {
        String sound = call(model, "{\"a\": 1}");
        bodies.add("{\"x\": 1, \"x\": 2, " + sound.substring(1));

        LlmException failure = failure(model);

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure).hasMessageContaining("a key stands twice");
        assertThat(failure.usage()).isEqualTo(PAID);
        assertThat(failure.raw()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {HAIKU, NOVA, MISTRAL})
    void emptyReply_is502WithWhatWasPaid(String model) throws Exception {
        bodies.add(
                switch (model) {
                    case NOVA ->
                        "{\"output\": {\"message\": {\"content\": []}}, \"stopReason\": \"end_turn\","
                                + " \"usage\": {\"inputTokens\": 11, \"outputTokens\": 5}}";
                    case MISTRAL ->
                        "{\"choices\": [{\"message\": {\"content\": \"\"}, \"stop_reason\": \"stop\"}],"
                                + " \"usage\": {\"prompt_tokens\": 11, \"completion_tokens\": 5}}";
                    default -> "{\"content\": [], \"stop_reason\": \"end_turn\"" + USAGE;
                });

        LlmException failure = failure(model);
        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure.usage()).isEqualTo(PAID);
        assertThat(failure.raw()).isEmpty();

        LlmException plain = catchThrowableOfType(
                LlmException.class,
                () -> trunk.ask(LlmRequest.ofPrompt("Go").model(model).build()));
        assertThat(plain.usage()).isEqualTo(PAID);
        assertThat(plain.raw()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {HAIKU, NOVA})
    void plainRequest_whoseToolCallCannotBeRead_is502WithWhatWasPaid(String model) {
        bodies.add(call(model, "\"{\\\"a\\\": \""));
        LlmRequest request = LlmRequest.ofPrompt("Go")
                .model(model)
                .tools(List.of(new Tool("answer", null, Json.object().put("type", "object"))))
                .build();

        LlmException failure = catchThrowableOfType(LlmException.class, () -> trunk.ask(request));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure)
                .hasMessage("The model called the tool 'answer' with arguments that cannot be read as a JSON object.");
        assertThat(failure.usage()).isEqualTo(PAID);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void ofSeveralCalls_theLastValidOneCounts() throws Exception {
        bodies.add(calls("{\"a\": 1}", "{\"a\": 2}", "{\"a\": \"x\"}"));

        LlmReply reply = ask(HAIKU);

        assertThat(reply.data()).isEqualTo(json("{\"a\": 2}"));
        assertThat(reply.validation().attempts()).isEqualTo(1);
    }

    @Test
    void answerThatCannotBeChecked_isTheSchemasFaultWithWhatWasPaid() throws Exception {
        String text = "a".repeat(60) + "b";
        bodies.add(call(HAIKU, "{\"a\": \"" + text + "\"}"));
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.getIn()
                .setBody(LlmRequest.ofPrompt("Go")
                        .model(HAIKU)
                        .structured(
                                Structured.schema(json("{\"type\": \"object\", \"properties\": {\"a\": {\"pattern\":"
                                        + " \"(?:(a+)\\\\1?)+$\"}}}")))
                        .build());

        trunk.context().createProducerTemplate().send(Trunk.STRUCTURED, exchange);

        LlmException failure = (LlmException) exchange.getException();
        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure).hasMessageContaining("cannot be checked");
        assertThat(failure.usage()).isEqualTo(PAID);
        assertThat(failure.raw()).contains(text);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).structuredAnswers())
                .extracting(answer -> answer.result())
                .containsExactly(Result.INVALID);
    }

    private LlmReply ask(String model) throws Exception {
        return trunk.askStructured(LlmRequest.ofPrompt("Go")
                .model(model)
                .structured(Structured.schema(json(A)))
                .build());
    }

    private LlmReply askAnything(String model) throws Exception {
        return trunk.askStructured(LlmRequest.ofPrompt("Go")
                .model(model)
                .structured(Structured.schema(json("{\"type\": \"object\"}")))
                .build());
    }

    private LlmException failure(String model) {
        return catchThrowableOfType(LlmException.class, () -> ask(model));
    }

    private static String call(String model, String input) {
        return model.equals(NOVA)
                ? "{\"output\": {\"message\": {\"role\": \"assistant\", \"content\": [{\"toolUse\": {\"toolUseId\": \"t\","
                        + " \"name\": \"answer\", \"input\": " + input + "}}]}}, \"stopReason\": \"tool_use\","
                        + " \"usage\": {\"inputTokens\": 11, \"outputTokens\": 5}}"
                : calls(input);
    }

    private static String calls(String... inputs) {
        StringBuilder blocks = new StringBuilder();
        for (int i = 0; i < inputs.length; i++) {
            blocks.append(i == 0 ? "" : ", ")
                    .append("{\"type\": \"tool_use\", \"id\": \"toolu_" + i + "\", \"name\": \"answer\", \"input\": ")
                    .append(inputs[i])
                    .append('}');
        }
        return "{\"content\": [" + blocks + "], \"stop_reason\": \"tool_use\"" + USAGE;
    }

    private static String mistral(String arguments) {
        return "{\"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"\", \"tool_calls\":"
                + " [{\"id\": \"abcdefghi\", \"function\": {\"name\": \"answer\", \"arguments\": \""
                + arguments.replace("\"", "\\\"") + "\"}}]}, \"stop_reason\": \"tool_calls\"}]}";
    }

    private JsonNode sent(int call) {
        return json(new String(server.seen().get(call).body(), StandardCharsets.UTF_8));
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
