package dev.caravan.trunk;

import static dev.caravan.trunk.HandFedWire.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.format.FormatReply;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Workers;
import dev.caravan.support.TestSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamCallTest {
    private static final Duration TOTAL = Duration.ofSeconds(600);

    private final Workers workers = Workers.create("stream-call", 8);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final HandFedWire wire = new HandFedWire();
    private final Exchange exchange = new DefaultExchange(context);
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<Thread> done = new CompletableFuture<>();
    private final AtomicLong now = new AtomicLong();
    private HeldAnswers held = new HeldAnswers(Long.MAX_VALUE);
    private TestSink sink = new TestSink();
    private TrunkCall call;

    @BeforeEach
    void setUp() {
        call = new TrunkCall("id", cancellation, MessageBefore.of(exchange), TOTAL, now::get);
        exchange.setProperty(ExchangeKeys.CALL, call);
        call.request(LlmRequest.ofPrompt("Hi").stream(true).build());
        call.resolved(TestTrunk.resolver().resolve("claude-3-haiku"), new SayingFormat());
    }

    @AfterEach
    void stop() throws Exception {
        workers.close();
        context.close();
    }

    private boolean begin() {
        return begin(wire, TOTAL);
    }

    private boolean begin(BedrockWire out, Duration left) {
        call.outlet(new PartOutlet(sink, call.clock()));
        call.outlet().start(new StreamStart("id", "m", "bedrock", false));
        exchange.getMessage()
                .setBody(new BedrockWire.Call(
                        BedrockWire.Operation.INVOKE_STREAM, "m", Map.of(), new byte[0], left, cancellation));
        return new StreamCall(out, workers, TestSettings.of().timeout(), held)
                .process(exchange, doneSync -> done.complete(Thread.currentThread()));
    }

    private void open() {
        begin();
        wire.begin();
    }

    private LlmException failure() throws Exception {
        done.get(5, TimeUnit.SECONDS);
        assertThat(exchange.getException()).isInstanceOf(LlmException.class);
        return (LlmException) exchange.getException();
    }

    private FormatReply reply() throws Exception {
        done.get(5, TimeUnit.SECONDS);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(AnswerReading.class).reply();
    }

    @Test
    void parts_comeInOrderAsTheFramesCome_andTheReplyIsWhole() throws Exception {
        assertThat(begin()).isFalse();
        wire.begin();

        wire.feed("{\"in\":7}");
        assertThat(sink.starts).isEmpty();
        wire.feed("{\"text\":\"a\"}");
        assertThat(sink.parts).containsExactly(new Part.Text("a"));
        wire.feed("{\"text\":\"b\"}", "{\"held\":\"c\",\"end\":true}");
        assertThat(done).isNotDone();
        wire.subscriber.onComplete();

        assertThat(reply().text()).isEqualTo("abc");
        assertThat(sink.text(1)).isEqualTo("abc");
        assertThat(sink.starts).containsExactly(new StreamStart("id", "m", "bedrock", false));
        assertThat(done.join()).isNotSameAs(Thread.currentThread());
    }

    @Test
    void anOpenStream_holdsNoThread() {
        open();
        wire.feed("{\"text\":\"a\"}");

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("stream-call"));
    }

    @Test
    void nothingIsRead_beforeTheSinkTakesMore() {
        sink.open = false;
        open();
        assertThat(wire.wanted()).isZero();

        sink.resumes.get(0).run();
        sink.resumes.get(0).run();
        assertThat(wire.wanted()).isEqualTo(1);

        wire.feed("{\"text\":\"a\"}");
        assertThat(wire.wanted()).isZero();
        assertThat(sink.resumes).hasSize(2);
        sink.open = true;
        sink.resumes.get(1).run();
        wire.feed("{\"text\":\"b\"}");
        assertThat(wire.wanted()).isEqualTo(1);
        assertThat(sink.text(1)).isEqualTo("ab");
    }

    @Test
    void silence_isBoundedByWhatIsLeftOfTheTotal() {
        begin();
        assertThat(wire.silence).isEqualTo(new BedrockWire.Silence(Duration.ofSeconds(120), Duration.ofSeconds(60)));

        begin(wire, Duration.ofSeconds(70));
        assertThat(wire.silence).isEqualTo(new BedrockWire.Silence(Duration.ofSeconds(70), Duration.ofSeconds(60)));
    }

    @Test
    void firstPart_isTimedByTheCallsClock() {
        open();
        assertThat(call.firstPart()).isNull();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(120));
        wire.feed("{\"text\":\"a\"}");
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        wire.feed("{\"text\":\"b\"}");

        assertThat(call.firstPart()).isEqualTo(Duration.ofMillis(120));
    }

    @ParameterizedTest
    @EnumSource(Retry.class)
    void aBreakBeforeTheFirstPart_isRetriedAsItsKindIs(Retry retry) throws Exception {
        open();
        wire.feed("{\"in\":7}");

        wire.subscriber.onError(broken(retry));

        assertThat(failure().retry()).isEqualTo(retry);
        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(call.usage()).isEqualTo(Usage.of(7L, null));
        assertThat(call.isPaid()).isTrue();
        assertThat(sink.starts).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Retry.class)
    void aBreakAfterTheFirstPart_isNeverRetried(Retry retry) throws Exception {
        open();
        wire.feed("{\"in\":7}", "{\"text\":\"a\"}");

        wire.subscriber.onError(broken(retry));

        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure().retryable()).isTrue();
        assertThat(call.usage()).isEqualTo(Usage.of(7L, null));
    }

    @Test
    void aBreakBeforeAnyEvent_isNotPaidFor() throws Exception {
        open();

        wire.subscriber.onError(broken(Retry.BACKOFF));

        failure();
        assertThat(call.isPaid()).isFalse();
    }

    private static LlmException broken(Retry retry) {
        return LlmException.builder(ErrorKind.PROVIDER_UNAVAILABLE, "The connection to Bedrock failed.")
                .retry(retry)
                .build();
    }

    @Test
    void aStreamWithoutItsEnd_isAFailure() throws Exception {
        open();
        wire.feed("{\"text\":\"a\"}");

        wire.subscriber.onComplete();

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure()).hasMessageContaining("it ended before the answer did");
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
    }

    @Test
    void aStreamWithoutAnything_isRetried() throws Exception {
        open();

        wire.subscriber.onComplete();

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure().retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void anAnswerThatHasEnded_isWholeHoweverItsConnectionEnds() throws Exception {
        open();
        wire.feed("{\"text\":\"a\"}", "{\"held\":\"b\",\"end\":true}");

        wire.subscriber.onError(broken(Retry.BACKOFF));

        assertThat(reply().text()).isEqualTo("ab");
        assertThat(sink.text(1)).isEqualTo("ab");
    }

    @Test
    void anExceptionWithinTheStream_isAFailureEvenBehindTheEnd() throws Exception {
        open();
        wire.feed("{\"text\":\"a\"}", "{\"end\":true}");

        wire.feed(HandFedWire.exception("throttlingException"));

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(wire.cancelled).isTrue();
    }

    @Test
    void anExceptionInPlaceOfTheAnswer_isRetriedAndCostsNothing() throws Exception {
        open();

        wire.feed(HandFedWire.exception("throttlingException"));

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure().retry()).isEqualTo(Retry.BACKOFF);
        assertThat(call.isPaid()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"bad\":true}", "no json"})
    void anEventThatCannotBeRead_isPaidForAndNotRetried(String event) throws Exception {
        open();
        wire.feed(event);

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(call.isPaid()).isTrue();
        assertThat(wire.cancelled).isTrue();
    }

    @Test
    void aBugOfOurs_endsTheExchange() throws Exception {
        open();
        wire.feed("{\"bug\":true}");

        assertThat(failure().kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(wire.cancelled).isTrue();
    }

    @Test
    void afterTheEnd_nothingMoreIsGivenOut() throws Exception {
        open();
        wire.feed("{\"text\":\"a\"}", "{\"bug\":true}");
        failure();

        wire.subscriber.onNext(event("{\"text\":\"b\"}"));
        wire.subscriber.onError(broken(Retry.BACKOFF));
        wire.subscriber.onComplete();

        assertThat(sink.text(1)).isEqualTo("a");
        assertThat(failure().kind()).isEqualTo(ErrorKind.INTERNAL);
    }

    @Test
    void anAnswerLongerThanAnyModels_isCutOff() throws Exception {
        String mebi = "a".repeat(1024 * 1024);
        open();
        for (int i = 0; i < 16; i++) {
            wire.feed("{\"text\":\"" + mebi + "\"}");
        }
        assertThat(done).isNotDone();

        wire.feed("{\"text\":\"b\"}");

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure()).hasMessageContaining("longer than 16777216 characters");
        assertThat(wire.cancelled).isTrue();
        assertThat(held.now()).isZero();
    }

    @Test
    void anAnswerThatFindsNoRoom_isCutOff_andTheOthersGoOn() throws Exception {
        held = new HeldAnswers(100);
        held.add(90);
        open();
        wire.feed("{\"text\":\"0123456789\"}");
        assertThat(done).isNotDone();

        wire.feed("{\"text\":\"0\"}");

        assertThat(failure().kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(wire.cancelled).isTrue();
        assertThat(held.now()).isEqualTo(90);
    }

    @Test
    void anAnswerThatIsOver_leavesItsRoomToOthers() throws Exception {
        open();
        wire.feed("{\"text\":\"abc\"}", "{\"end\":true}");
        assertThat(held.now()).isEqualTo(3);

        wire.subscriber.onComplete();

        assertThat(reply().text()).isEqualTo("abc");
        assertThat(held.now()).isZero();
    }

    @Test
    void aCancelledCall_givesNothingMoreOut_andIsBooked() throws Exception {
        open();
        wire.feed("{\"in\":7}", "{\"text\":\"a\"}");
        cancellation.cancel();

        wire.feed("{\"text\":\"b\"}");

        assertThat(failure().kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(wire.cancelled).isTrue();
        assertThat(sink.text(1)).isEqualTo("a");
        assertThat(call.usage()).isEqualTo(Usage.of(7L, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin", "part", "ready"})
    void aSinkThatThrows_endsTheExchange(String where) throws Exception {
        sink = new TestSink() {
            @Override
            public synchronized void begin(StreamStart start) {
                super.begin(start);
                fail("begin");
            }

            @Override
            public synchronized void part(Part part, int answer) {
                super.part(part, answer);
                fail("part");
            }

            @Override
            public synchronized boolean ready(Runnable resume) {
                fail("ready");
                return super.ready(resume);
            }

            private void fail(String here) {
                if (here.equals(where)) {
                    throw new AssertionError("a sink's own");
                }
            }
        };
        open();
        if (!where.equals("ready")) {
            wire.feed("{\"text\":\"a\"}");
        }

        assertThat(failure().kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(wire.cancelled).isTrue();
    }

    @Test
    void aFailureThatASinkThrows_isNotRetried() throws Exception {
        sink = new TestSink() {
            @Override
            public synchronized void part(Part part, int answer) {
                throw broken(Retry.BACKOFF);
            }
        };
        open();
        wire.feed("{\"text\":\"a\"}");

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
    }

    @Test
    void aRefusal_isAFailureOfTheTable() throws Exception {
        begin();
        wire.opened.complete(new BedrockWire.Stream(
                new BedrockWire.Reply(
                        429,
                        Map.of("x-amzn-errortype", List.of("ThrottlingException")),
                        "{\"message\":\"Too many\"}".getBytes(StandardCharsets.UTF_8)),
                Map.of(),
                null));

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure().retry()).isEqualTo(Retry.BACKOFF);
        assertThat(call.isPaid()).isFalse();
    }

    @Test
    void aStreamThatCannotBeOpened_keepsItsFailure() throws Exception {
        begin();
        wire.opened.completeExceptionally(broken(Retry.BACKOFF));

        assertThat(failure().kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure().retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void aWireThatRefusesAtOnce_endsTheStepAtOnce() {
        IllegalArgumentException refused = new IllegalArgumentException("no");
        BedrockWire refusing = new BedrockWire() {
            @Override
            public CompletableFuture<Reply> send(Call asked) {
                throw refused;
            }

            @Override
            public CompletableFuture<Stream> open(Call asked, Silence silence) {
                throw refused;
            }

            @Override
            public void close() {}
        };

        assertThat(begin(refusing, TOTAL)).isTrue();
        assertThat(done).isDone();
        assertThat(exchange.getException()).isSameAs(refused);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAWorker_theCallIsOverloaded_andBooked(boolean whole) throws Exception {
        open();
        wire.feed("{\"in\":7}", "{\"text\":\"a\"}");
        workers.close();
        if (whole) {
            wire.feed("{\"end\":true}");
            wire.subscriber.onComplete();
        } else {
            wire.subscriber.onError(broken(Retry.BACKOFF));
        }

        assertThat(failure().kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(call.usage()).isEqualTo(Usage.of(7L, null));
        assertThat(call.isPaid()).isTrue();
    }

    @Test
    void withoutAWorker_whatNeverBeganCostsNothing() throws Exception {
        open();
        workers.close();
        wire.subscriber.onError(broken(Retry.BACKOFF));

        assertThat(failure().kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(call.isPaid()).isFalse();
    }
}
