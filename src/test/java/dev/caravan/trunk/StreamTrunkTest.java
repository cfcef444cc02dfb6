package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.ModelFormat;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.Model;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams through the whole trunk, over real HTTP from the emulator. */
class StreamTrunkTest {
    private static final String LONG = " text=\"one two three four five six seven eight\"";
    private final TestSink sink = new TestSink();
    private TestTrunk trunk;

    @AfterEach
    void stop() {
        if (trunk != null) {
            trunk.close();
        }
    }

    private void start(String... settings) throws Exception {
        trunk = TestTrunk.start(settings);
    }

    private Exchange ask(String prompt) {
        return trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt(prompt), sink);
    }

    private static LlmReply reply(Exchange exchange) throws Exception {
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getBody(LlmReply.class);
    }

    private static LlmException failure(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(LlmException.class);
        return (LlmException) exchange.getException();
    }

    @Test
    void theCall_saysWhatItShall() throws Exception {
        start();

        reply(trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt("Hi").metadata(Map.of("team", "export")), sink));
        reply(trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt("Hi").model(TestTrunk.UNKNOWN_ID), new TestSink()));

        JsonNode calls = trunk.calls().path("requests");
        assertThat(calls.toString()).contains("invoke-with-response-stream", "converse-stream");
        assertThat(calls.get(0).path("headers").toString().toLowerCase(Locale.ROOT))
                .contains("x-amzn-bedrock-accept", "x-amzn-bedrock-request-metadata");
        assertThat(calls.get(0).path("body").has("stream")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "fault=reset, 2",
        "fault=silent, 2",
        "fault=half, 2",
        "fault=exception error=ThrottlingException, 2",
        "fault=exception error=InternalServerException, 2",
        "fault=exception error=ServiceUnavailableException, 2",
        "error=ThrottlingException, 2",
        "reset=true, 2"
    })
    void aFailureBeforeTheFirstPart_isRetried(String fault, int attempts) throws Exception {
        start("caravan.retry.delay=1ms");

        LlmReply reply = reply(ask("Hi\n@emulator times=1 " + fault));

        assertThat(reply.attempts()).isEqualTo(attempts);
        assertThat(sink.starts).hasSize(1);
        assertThat(sink.text(1)).isEqualTo(reply.text()).isNotEmpty();
        assertThat(sink.answers).containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({
        "fault=exception error=ValidationException, INVALID_REQUEST",
        "fault=exception, PROVIDER_ERROR",
        "fault=stall, PROVIDER_TIMEOUT",
        "malformed=true, PROVIDER_ERROR",
        "empty=true, PROVIDER_ERROR"
    })
    void whatIsNotRetriedInOnePiece_isNotRetriedInAStream(String fault, ErrorKind kind) throws Exception {
        start("caravan.retry.delay=1ms", "caravan.timeout.idle=300ms", "caravan.timeout.first-byte=300ms");

        LlmException failure = failure(ask("Hi\n@emulator times=1 " + fault));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(sink.parts).isEmpty();
        assertThat(sink.starts).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "fault=reset, PROVIDER_UNAVAILABLE",
        "fault=silent, PROVIDER_ERROR",
        "fault=half, PROVIDER_ERROR",
        "fault=checksum, PROVIDER_ERROR",
        "malformed=true, PROVIDER_ERROR",
        "fault=stall, PROVIDER_TIMEOUT",
        "fault=exception error=ThrottlingException, PROVIDER_THROTTLED",
        "fault=exception error=InternalServerException, PROVIDER_ERROR",
        "fault=exception error=ServiceUnavailableException, PROVIDER_UNAVAILABLE"
    })
    void aFailureAfterTheFirstPart_isFinalAndCarriesTheCounts(String fault, ErrorKind kind) throws Exception {
        start("caravan.retry.delay=1ms", "caravan.timeout.idle=300ms");

        Exchange exchange = ask("Hi\n@emulator after=2 times=1 " + fault);

        LlmException failure = failure(exchange);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.usage()).isNotNull();
        assertThat(failure.usage().inputTokens()).isPositive();
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).usage())
                .isEqualTo(failure.usage());
        assertThat(sink.text(1)).isNotEmpty();
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void aSlowStream_isWholeAndItsFirstPartTimed() throws Exception {
        start();

        Exchange exchange = ask("Hi\n@emulator fault=drip" + LONG);

        assertThat(reply(exchange).text()).startsWith("one two three").isEqualTo(sink.text(1));
        CallFacts facts = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);
        assertThat(facts.firstPart()).isPositive().isLessThan(facts.upstreamTime());
        assertThat(sink.parts).hasSizeGreaterThan(2);
    }

    @Test
    void anAnswerInOnePiece_hasNoFirstPart() throws Exception {
        start();

        assertThat(trunk.exchange("Hi")
                        .getProperty(ExchangeKeys.CALL, CallFacts.class)
                        .firstPart())
                .isNull();
    }

    @Test
    void withoutASink_aStreamIsRefusedWithoutACall() throws Exception {
        start();

        LlmException failure =
                failure(trunk.exchange(LlmRequest.ofPrompt("Hi").stream(true).build()));

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure).hasMessageStartingWith("stream: ");
        assertThat(trunk.calls().path("requests")).isEmpty();
    }

    @Test
    void aSinkOfARequestThatIsNoStream_isLeftAlone() throws Exception {
        start();
        Exchange exchange = trunk.streaming(LlmRequest.ofPrompt("Hi"), sink);
        exchange.getMessage().setBody(LlmRequest.ofPrompt("Hi").build());

        reply(trunk.send(exchange).get(10, TimeUnit.SECONDS));

        assertThat(sink.starts).isEmpty();
        assertThat(trunk.calls().toString()).doesNotContain("response-stream");
    }

    @Test
    void aCallerWhoLeaves_cutsTheStreamOff_andItsCountsAreKept() throws Exception {
        start();
        CountDownLatch some = new CountDownLatch(1);
        Cancellation gone = new Cancellation();
        CompletableFuture<Exchange> done = stalled(some, gone);

        assertThat(some.await(10, TimeUnit.SECONDS)).isTrue();
        gone.cancel();

        Exchange exchange = done.get(5, TimeUnit.SECONDS);
        assertThat(failure(exchange).kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure(exchange).usage().inputTokens()).isPositive();
    }

    @Test
    void aStop_cutsTheStreamOff() throws Exception {
        start();
        CountDownLatch some = new CountDownLatch(1);
        CompletableFuture<Exchange> done = stalled(some, new Cancellation());

        assertThat(some.await(10, TimeUnit.SECONDS)).isTrue();
        trunk.closeTrunk();

        assertThat(failure(done.get(5, TimeUnit.SECONDS)).kind()).isEqualTo(ErrorKind.OVERLOADED);
    }

    /** A stream that stops after two pieces. */
    private CompletableFuture<Exchange> stalled(CountDownLatch some, Cancellation cancellation) {
        TestSink counting = new TestSink() {
            @Override
            public synchronized void part(Part part, int answer) {
                super.part(part, answer);
                some.countDown();
            }
        };
        Exchange exchange = trunk.streaming(LlmRequest.ofPrompt("Hi\n@emulator fault=stall after=2" + LONG), counting);
        exchange.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        return trunk.send(exchange);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallerWhoTakesNothing_isEndedByTheTotalTimeoutOrByLeaving(boolean leaves) throws Exception {
        start("caravan.timeout.total=" + (leaves ? "60s" : "1s"), "caravan.timeout.idle=100ms");
        sink.open = false;
        Cancellation gone = new Cancellation();
        Exchange exchange = trunk.streaming(LlmRequest.ofPrompt("Hi"), sink);
        exchange.setProperty(ExchangeKeys.CANCELLATION, gone);
        CompletableFuture<Exchange> done = trunk.send(exchange);
        Awaitility.await().until(() -> !sink.resumes.isEmpty());

        if (leaves) {
            gone.cancel();
        }

        assertThat(failure(done.get(10, TimeUnit.SECONDS)).kind())
                .isEqualTo(leaves ? ErrorKind.OVERLOADED : ErrorKind.PROVIDER_TIMEOUT);
        assertThat(sink.parts).isEmpty();
    }

    @Test
    void openStreams_holdNoThread() throws Exception {
        start("caravan.rate-limit.requests=0");
        CountDownLatch some = new CountDownLatch(30);
        Cancellation gone = new Cancellation();
        List<CompletableFuture<Exchange>> open = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            CompletableFuture<Exchange> done = new CompletableFuture<>();
            Exchange exchange =
                    trunk.streaming(LlmRequest.ofPrompt("Hi\n@emulator fault=stall after=1" + LONG), new TestSink() {
                        @Override
                        public synchronized void part(Part part, int answer) {
                            super.part(part, answer);
                            some.countDown();
                        }
                    });
            exchange.setProperty(ExchangeKeys.CANCELLATION, gone);
            trunk.process(exchange, doneSync -> done.complete(exchange));
            open.add(done);
        }
        assertThat(some.await(20, TimeUnit.SECONDS)).isTrue();

        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().entrySet())
                        .filteredOn(entry -> entry.getKey().getName().startsWith("test-"))
                        .allSatisfy(entry -> assertThat(entry.getValue())
                                .noneMatch(frame -> frame.getClassName().startsWith("dev.caravan.trunk"))));
        gone.cancel();
        for (CompletableFuture<Exchange> done : open) {
            assertThat(failure(done.get(10, TimeUnit.SECONDS)).kind()).isEqualTo(ErrorKind.OVERLOADED);
        }
    }

    @Test
    void aSinkThatThrows_endsTheExchange() throws Exception {
        start();
        TestSink broken = new TestSink() {
            @Override
            public synchronized void begin(StreamStart start) {
                throw new IllegalStateException("the sink's own");
            }
        };

        LlmException failure = failure(trunk.stream(Trunk.GENERATE, LlmRequest.ofPrompt("Hi"), broken));

        assertThat(failure.kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(failure.getMessage()).doesNotContain("the sink's own");
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.usage().inputTokens()).isPositive();
    }

    private static Tool tool(String schema) throws Exception {
        return new Tool("lookup", "Looks something up", Json.read(schema.getBytes(StandardCharsets.UTF_8)));
    }

    private static LlmRequest.Builder calling(String prompt, String schema) throws Exception {
        return LlmRequest.ofPrompt(prompt).tools(List.of(tool(schema))).toolChoice(ToolChoice.of(ToolChoice.Mode.ANY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-3-haiku", "nova-lite"})
    void theIdleTimeout_countsWhileAToolsInputStreams(String model) throws Exception {
        start("caravan.retry.delay=1ms", "caravan.timeout.idle=300ms");

        trunk.script("{\"fault\": \"stall\", \"after\": 2,"
                + " \"text\": \"{\\\"city\\\": \\\"one two three four five six\\\"}\"}");

        LlmException failure =
                failure(trunk.stream(Trunk.GENERATE, calling("Weather?", """
                        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""").model(model), sink));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(sink.parts).isNotEmpty().allMatch(part -> part instanceof Part.ToolInput);
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-3-haiku", "nova-lite"})
    void aToolWithoutArguments_isCalledWithAnEmptyObject(String model) throws Exception {
        start();

        LlmReply reply = reply(trunk.stream(
                Trunk.GENERATE,
                calling("Go", "{\"type\": \"object\", \"properties\": {}}").model(model),
                sink));

        assertThat(reply.toolCalls()).hasSize(1);
        assertThat(reply.toolCalls().get(0).input()).isEqualTo(Json.object());
        assertThat(sink.input(0)).isEqualTo("{}");
    }

    @Test
    void whereStreamsHaveNoTools_theAnswerComesInOnePiece() throws Exception {
        start();
        Tool tool = new Tool("lookup", "Looks something up", Json.read("""
                {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""".getBytes(StandardCharsets.UTF_8)));
        LlmRequest asked = LlmRequest.ofPrompt("Weather in Oslo?")
                .tools(List.of(tool))
                .toolChoice(ToolChoice.of(ToolChoice.Mode.ANY))
                .build();
        String model = TestTrunk.chatModels().stream()
                .filter(entry -> entry.capabilities().tools()
                        && entry.capabilities().streaming()
                        && !entry.capabilities().streamingTools()
                        && entry.rules().toolChoice().contains(Model.ToolChoice.ANY)
                        && ModelFormats.of(entry, asked).operation() == ModelFormat.Operation.CONVERSE)
                .findFirst()
                .orElseThrow()
                .id();

        Exchange exchange = trunk.stream(Trunk.GENERATE, asked.toBuilder().model(model), sink);

        LlmReply reply = reply(exchange);
        assertThat(reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(sink.input(0)).isEqualTo(reply.toolCalls().get(0).input().toString());
        assertThat(sink.starts).hasSize(1);
        assertThat(trunk.calls().toString()).contains("/converse").doesNotContain("converse-stream");
        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).firstPart())
                .isNotNull();
    }
}
