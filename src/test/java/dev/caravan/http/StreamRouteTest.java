package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Workers;
import dev.caravan.stream.PartStream;
import dev.caravan.stream.PendingReply;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.PlayedTrunk;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.PartSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A route of one's own that ends with a stream as its body. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamRouteTest {
    private static final String ASK = "POST /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    private static final Duration NEVER = Duration.ofMinutes(10);

    /** The trunk's side of a stream. */
    private record Played(PartSink sink, PendingReply reply) {
        Played text(String text) {
            sink.part(new Part.Text(text), 1);
            return this;
        }

        Played begin() {
            sink.begin(new StreamStart("req-1", "m", "bedrock", true));
            return this;
        }
    }

    private static final class Facts implements CallFacts {
        @Override
        public String model() {
            return "m";
        }

        @Override
        public Usage usage() {
            return Usage.of(1L, 2L);
        }

        @Override
        public int attempts() {
            return 1;
        }

        @Override
        public Duration upstreamTime() {
            return Duration.ZERO;
        }

        @Override
        public Duration firstPart() {
            return Duration.ofMillis(120);
        }
    }

    private final BlockingQueue<Played> calls = new LinkedBlockingQueue<>();
    private final AtomicInteger done = new AtomicInteger();
    private final Workers readers = Workers.create("test-reader", 4);
    private DoorUnderTest door;

    private void open(Duration ping, Duration flush) throws Exception {
        HttpLimits usual = HttpLimits.DEFAULT;
        HttpLimits limits = new HttpLimits(usual.receive(), usual.keepAlive(), usual.linger(), NEVER, flush);
        Settings.Http settings = new Settings.Http(0, "127.0.0.1", List.of(), List.of(), 1 << 20, 10, ping);
        door = DoorUnderTest.open(settings, limits, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/own").process(exchange -> {
                    exchange.setProperty(ExchangeKeys.CALL, new Facts());
                    exchange.getMessage().setBody(new PartStream(StreamRouteTest.this::send, readers, false));
                    exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                        @Override
                        public void onDone(Exchange ended) {
                            done.incrementAndGet();
                        }
                    });
                });
            }
        });
    }

    private PendingReply send(PartSink sink) {
        PendingReply reply = new PendingReply();
        calls.add(new Played(sink, reply));
        return reply;
    }

    private Played next() throws InterruptedException {
        Played next = calls.poll(20, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @AfterEach
    void close() {
        door.close();
        readers.close();
    }

    private String line() {
        await().until(() -> door.log().size() == 1);
        return door.log().get(0);
    }

    @Test
    void parts_becomeEventsAsTheyCome_andTheExchangeEndsWithThem() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            Played call = next().begin().text("H");

            assertThat(client.readAnswer())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("text/event-stream", "X-Accel-Buffering: no", "Cache-Control: no-cache");
            assertThat(client.readChunk()).startsWith("event: start\n").contains("{\"text\":\"H\"}");
            assertThat(done).hasValue(0);

            call.text("i");
            assertThat(client.readChunk()).contains("{\"text\":\"i\"}");
            call.reply().complete(PlayedTrunk.reply("Hi"));
            assertThat(SseEvent.read(client.readChunks()))
                    .extracting(SseEvent::name)
                    .containsExactly("end");
        }
        assertThat(line())
                .contains("model=m status=200 in=1 out=2", "first=120")
                .doesNotContain("code=");
        assertThat(done).hasValue(1);
    }

    @Test
    void replyWithoutParts_isGivenOutWhole() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            next().reply().complete(PlayedTrunk.reply("Hi"));

            client.readAnswer();
            assertThat(SseEvent.read(client.readChunks()))
                    .extracting(SseEvent::name)
                    .containsExactly("start", "delta", "end");
        }
    }

    @Test
    void silence_givesSignsOfLife() throws Exception {
        open(Duration.ofMillis(30), NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            Played call = next().begin().text("H");
            client.readAnswer();
            client.readChunk();

            assertThat(client.readChunk()).isEqualTo(": ping\n\n");
            call.reply().complete(PlayedTrunk.reply("H"));
        }
    }

    @Test
    void failureBeforeTheFirstPart_isAPlainProblem() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            next().reply().completeExceptionally(LlmException.of(ErrorKind.RATE_LIMITED, "full"));

            assertThat(client.readAnswer()).startsWith("HTTP/1.1 429 ").contains("application/problem+json");
        }
        assertThat(line()).contains("status=429").endsWith("code=rate_limited");
    }

    @Test
    void failureAmid_isTheLastEvent() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            next().begin()
                    .text("H")
                    .reply()
                    .completeExceptionally(LlmException.of(ErrorKind.PROVIDER_ERROR, "broken off"));

            client.readAnswer();
            assertThat(SseEvent.read(client.readChunks()))
                    .extracting(SseEvent::name)
                    .containsExactly("start", "delta", "error");
        }
        assertThat(line()).contains("status=200").endsWith("code=provider_error");
    }

    @Test
    void clientThatLeaves_cutsTheCallOff() throws Exception {
        open(NEVER, NEVER);
        Played call;
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            call = next().begin().text("H");
            client.readAnswer();
            client.readChunk();
        }
        await().until(() -> call.reply().isCancelled());

        assertThat(line()).contains("status=499").endsWith("code=client_left");
        assertThat(done).hasValue(1);
    }

    @Test
    void stop_isTold() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            Played call = next().begin().text("H");
            client.readAnswer();
            client.readChunk();
            door.door().cancelInFlight();

            assertThat(client.readChunks()).contains("event: error", "\"code\":\"overloaded\"", "Caravan is stopping.");
            await().until(() -> call.reply().isCancelled());
        }
        assertThat(line()).contains("status=200").endsWith("code=overloaded");
    }

    @Test
    void stopBeforeTheFirstPart_isAPlainProblem() throws Exception {
        open(NEVER, NEVER);
        try (RawHttpClient client = new RawHttpClient(door.port()).send(ASK)) {
            next();
            door.door().cancelInFlight();

            assertThat(client.readAnswer()).startsWith("HTTP/1.1 503 ").contains("Caravan is stopping.");
        }
        assertThat(line()).contains("status=503").endsWith("code=overloaded");
    }

    /** Gives out parts as fast as they are taken. */
    private static final class Flood {
        private static final int MOST = 100_000;
        private static final String WORDS = "many words ".repeat(100);

        private final Played call;
        private volatile int given;

        Flood(Played call) {
            this.call = call.begin();
            go();
        }

        private void go() {
            while (given < MOST && call.sink().ready(this::go)) {
                given++;
                call.text(WORDS);
            }
        }

        /** Waits until nothing goes on: the client's and the machine's buffers are full. */
        void awaitStill() {
            int[] last = {-1};
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                boolean still = given > 0 && given == last[0];
                last[0] = given;
                return still;
            });
        }
    }

    @Test
    void clientThatReadsNothing_slowsTheCallAndIsCutOffAfterItsEnd() throws Exception {
        open(NEVER, Duration.ofMillis(200));
        try (RawHttpClient client = new RawHttpClient(door.port(), 8 * 1024).send(ASK)) {
            Played call = next();
            Flood flood = new Flood(call);
            flood.awaitStill();
            assertThat(flood.given).isLessThan(Flood.MOST);

            call.reply().completeExceptionally(LlmException.of(ErrorKind.PROVIDER_TIMEOUT, "it took too long"));

            assertThat(line()).contains("status=499").endsWith("code=provider_timeout");
            assertThat(done).hasValue(1);
        }
    }
}
