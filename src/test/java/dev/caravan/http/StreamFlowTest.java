package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.PlayedTrunk;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams in time: signs of life, clients that are slow or leave, many at once, a stop. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StreamFlowTest {
    private static final String ASK = "{\"prompt\": \"Hello\", \"stream\": true}";
    private static final String PATH = "/v1/generate";
    private static final int SMALL_BUFFER = 8 * 1024;
    private static final Duration NEVER = Duration.ofMinutes(10);

    private final PlayedTrunk trunk = new PlayedTrunk();
    private DoorUnderTest door;

    private void open(Duration head, Duration ping, Duration flush, int maxConcurrent, int workers) throws Exception {
        Settings.Http settings = new Settings.Http(0, "127.0.0.1", List.of(), List.of(), 1 << 20, maxConcurrent, ping);
        HttpLimits usual = HttpLimits.DEFAULT;
        HttpLimits limits = new HttpLimits(usual.receive(), usual.keepAlive(), usual.linger(), head, flush);
        door = DoorUnderTest.open(settings, limits, workers, trunk);
    }

    private void open() throws Exception {
        open(NEVER, NEVER, NEVER, 1000, 8);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private String inFlight() {
        return door.metrics()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("caravan_requests_in_flight"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void silenceBeforeTheFirstPart_endsWithHeadAndPing() throws Exception {
        open(Duration.ofMillis(50), NEVER, NEVER, 1000, 8);
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();

            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ").contains("text/event-stream");
            assertThat(client.readChunk()).isEqualTo(": ping\n\n");

            call.fail(LlmException.of(ErrorKind.PROVIDER_TIMEOUT, "too late"));
            List<SseEvent> events = SseEvent.read(client.readChunks());
            assertThat(events).extracting(SseEvent::name).containsExactly("error");
            assertThat(events.get(0).data().path("code").asText()).isEqualTo("provider_timeout");
        }
        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=200").endsWith("code=provider_timeout");
    }

    @Test
    void startWithoutAPart_leavesWithTheHeadWhenItIsTime() throws Exception {
        open(Duration.ofSeconds(2), NEVER, NEVER, 1000, 8);
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next().begin();

            client.readAnswer();
            assertThat(SseEvent.read(client.readChunk()))
                    .extracting(SseEvent::name)
                    .containsExactly("start");
            call.text("Hi").reply();
            assertThat(client.readChunks()).startsWith("event: delta\n");
        }
    }

    @Test
    void silenceAmid_givesSignsOfLife() throws Exception {
        open(NEVER, Duration.ofMillis(30), NEVER, 1000, 8);
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next().begin().text("Hi");
            client.readAnswer();
            assertThat(client.readChunk()).startsWith("event: start\n");

            assertThat(client.readChunk()).isEqualTo(": ping\n\n");
            assertThat(client.readChunk()).isEqualTo(": ping\n\n");

            call.reply();
            assertThat(client.readChunks()).contains("event: end\n");
        }
    }

    /** Gives out numbered parts for as long as they are taken, on an event loop as the wire does; then the reply. */
    private final class Flood {
        private static final String WORDS = "many words ".repeat(100);

        private final PlayedTrunk.Call call;
        private final int parts;
        private volatile int given;
        private volatile int waits;

        Flood(PlayedTrunk.Call call, int parts) {
            this.call = call;
            this.parts = parts;
            call.begin();
            door.vertx().getOrCreateContext().runOnContext(turn -> go());
        }

        private void go() {
            while (given < parts) {
                call.text(given++ + " " + WORDS);
                if (!call.sink().ready(this::goOn)) {
                    waits++;
                    return;
                }
            }
            call.reply();
        }

        private void goOn() {
            if (given < parts) {
                go();
            } else {
                call.reply();
            }
        }

        /** Waits until nothing goes on: the client's and the machine's buffers are full. */
        Flood awaitStill() {
            int[] last = {-1};
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                boolean still = waits > 0 && given == last[0];
                last[0] = given;
                return still;
            });
            return this;
        }

        String expected() {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < parts; i++) {
                text.append(i).append(' ').append(WORDS);
            }
            return text.toString();
        }
    }

    @Test
    void slowClient_slowsTheTrunkAndGetsEverything() throws Exception {
        open(NEVER, Duration.ofMillis(20), NEVER, 1000, 8);
        int parts = 20_000;
        try (RawHttpClient client = new RawHttpClient(door.port(), SMALL_BUFFER)) {
            client.post(PATH, ASK);
            Flood flood = new Flood(trunk.next(), parts).awaitStill();

            assertThat(flood.given).isLessThan(parts / 2);
            // Far less than the system would take for a client if it were let.
            assertThat((long) flood.given * Flood.WORDS.length()).isLessThan(1024 * 1024);
            int givenWhileUnread = flood.given;

            client.readAnswer();
            String body = client.readChunks();
            List<SseEvent> events = SseEvent.read(body);
            assertThat(SseEvent.text(events)).isEqualTo(flood.expected());
            assertThat(events.get(events.size() - 1).name()).isEqualTo("end");
            // None was written while nobody read, though that took longer than the silence after which there is one.
            assertThat(events.subList(0, givenWhileUnread + 1))
                    .extracting(SseEvent::name)
                    .doesNotContainNull();
        }
    }

    @Test
    void clientThatLeavesBeforeTheHead_cancels() throws Exception {
        open();
        PlayedTrunk.Call call;
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            call = trunk.next();
        }
        await().until(() -> call.cancellation().isCancelled());
        call.begin().text("to nobody").fail(LlmException.of(ErrorKind.OVERLOADED, "cut off"));

        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=499").endsWith("code=client_left");
    }

    @Test
    void clientThatLeavesAmid_cancels() throws Exception {
        open();
        PlayedTrunk.Call call;
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            call = trunk.next().begin().text("Hi");
            client.readAnswer();
            client.readChunk();
        }
        await().until(() -> call.cancellation().isCancelled());
        for (int i = 0; i < 100; i++) {
            call.text("to nobody");
        }
        assertThat(call.sink().ready(() -> {})).isTrue();
        call.reply();

        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=499").endsWith("code=client_left");
        assertThat(inFlight()).isEqualTo("0.0");
    }

    @Test
    void clientThatLeavesWhileTheTrunkWaitsForIt_cancels() throws Exception {
        open();
        PlayedTrunk.Call call;
        try (RawHttpClient client = new RawHttpClient(door.port(), SMALL_BUFFER)) {
            client.post(PATH, ASK);
            call = trunk.next();
            new Flood(call, 100_000).awaitStill();
        }
        await().until(() -> call.cancellation().isCancelled());
        call.fail(LlmException.of(ErrorKind.OVERLOADED, "cut off"));

        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=499");
    }

    @Test
    void clientThatLeavesAtTheEnd_hasItsAnswer() throws Exception {
        open();
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            trunk.next().begin().text("Hi").reply();
            client.readAnswer();
            client.readChunks();
        }
        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=200");
    }

    @Test
    void clientThatReadsNoMore_isCutOffAfterTheEnd() throws Exception {
        open(NEVER, NEVER, Duration.ofMillis(300), 1000, 8);
        try (RawHttpClient client = new RawHttpClient(door.port(), SMALL_BUFFER)) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();
            new Flood(call, 100_000).awaitStill();
            assertThat(inFlight()).isEqualTo("1.0");
            call.fail(LlmException.of(ErrorKind.PROVIDER_TIMEOUT, "it took too long"));

            await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
            assertThat(door.log().get(0)).contains("status=499").endsWith("code=provider_timeout");
            assertThat(inFlight()).isEqualTo("0.0");
        }
    }

    private static HttpClientOptions priorKnowledge() {
        return new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    }

    /** Asks by HTTP/2; the answer's body stays unread until {@code unread.resume()}. */
    private HttpClientRequest askByHttp2(StringBuilder body, AtomicReference<HttpClientResponse> head)
            throws Exception {
        return door.vertx()
                .createHttpClient(priorKnowledge())
                .request(HttpMethod.POST, door.port(), "localhost", PATH)
                .onSuccess(request -> {
                    request.response().onSuccess(response -> {
                        response.pause();
                        response.handler(part -> body.append(part.toString("ISO-8859-1")));
                        head.set(response);
                    });
                    request.putHeader("Content-Type", "application/json").end(ASK);
                })
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    @Test
    void http2_slowsTheTrunkToo() throws Exception {
        open();
        StringBuilder body = new StringBuilder();
        AtomicReference<HttpClientResponse> head = new AtomicReference<>();
        askByHttp2(body, head);
        Flood flood = new Flood(trunk.next(), 5000).awaitStill();
        assertThat(flood.given).isLessThan(2500);

        CompletableFuture<Void> end = new CompletableFuture<>();
        assertThat(head.get().getHeader("Content-Type")).isEqualTo("text/event-stream");
        head.get().endHandler(all -> end.complete(null));
        head.get().resume();
        end.get(60, TimeUnit.SECONDS);

        assertThat(SseEvent.text(SseEvent.read(body.toString()))).isEqualTo(flood.expected());
    }

    @Test
    void http2StreamThatIsReset_cancels() throws Exception {
        open();
        HttpClientRequest request = askByHttp2(new StringBuilder(), new AtomicReference<>());
        PlayedTrunk.Call call = trunk.next().begin().text("Hi");
        request.response().toCompletionStage().toCompletableFuture().get();
        request.reset(8);

        await().until(() -> call.cancellation().isCancelled());
        call.fail(LlmException.of(ErrorKind.OVERLOADED, "cut off"));
        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=499").endsWith("code=client_left");
    }

    @Test
    void http2StreamThatIsReadNoMore_isResetAfterTheEnd() throws Exception {
        open(NEVER, NEVER, Duration.ofMillis(300), 1000, 8);
        askByHttp2(new StringBuilder(), new AtomicReference<>());
        PlayedTrunk.Call call = trunk.next();
        new Flood(call, 100_000).awaitStill();
        call.fail(LlmException.of(ErrorKind.PROVIDER_TIMEOUT, "it took too long"));

        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=499");
        assertThat(inFlight()).isEqualTo("0.0");
    }

    @Test
    void manyStreams_goOnAtOnceWithFewThreads() throws Exception {
        open(NEVER, NEVER, NEVER, 1000, 4);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        List<PlayedTrunk.Call> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(door.client()
                    .sendAsync(door.post(PATH, ASK, "application/json").build(), HttpResponse.BodyHandlers.ofString()));
            // All are open at once: the next one comes while those before it hold what they hold.
            calls.add(trunk.next().begin().text("1"));
        }
        for (int word = 2; word <= 5; word++) {
            for (PlayedTrunk.Call call : calls) {
                call.text("" + word);
            }
        }
        calls.forEach(PlayedTrunk.Call::reply);

        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(SseEvent.text(SseEvent.read(answer.get().body()))).isEqualTo("12345");
        }
    }

    @Test
    void stream_takesItsPlaceToTheEnd() throws Exception {
        open(NEVER, NEVER, NEVER, 1, 8);
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next().begin().text("Hi");
            client.readAnswer();

            assertThat(door.post(PATH, ASK).statusCode()).isEqualTo(503);
            call.reply();
            client.readChunks();
        }
        await().until(() -> inFlight().equals("0.0"));
    }

    @Test
    void stop_letsAStreamFinish() throws Exception {
        open();
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next().begin().text("Hi");
            client.readAnswer();
            door.door().stopAccepting();
            assertThat(door.door().awaitIdle(Duration.ZERO)).isFalse();

            call.text(" there").reply();
            assertThat(door.door().awaitIdle(Duration.ofSeconds(20))).isTrue();
            door.door().close();

            assertThat(SseEvent.read(client.readChunks()))
                    .extracting(SseEvent::name)
                    .endsWith("delta", "end");
        }
    }

    @Test
    void stopWhileAClientReadsNothing_hasItsAccessLine() throws Exception {
        open();
        try (RawHttpClient client = new RawHttpClient(door.port(), SMALL_BUFFER)) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();
            new Flood(call, 100_000).awaitStill();
            call.cancellation().onCancel(() -> call.fail(LlmException.of(ErrorKind.OVERLOADED, "stopping")));
            door.door().stopAccepting();
            door.door().cancelInFlight();
            door.door().close();

            assertThat(door.log()).hasSize(1);
            assertThat(door.log().get(0)).contains("status=499").endsWith("code=overloaded");
        }
    }

    @Test
    void stopWhileARouteDoesNotEnd_endsItsConnection() throws Exception {
        open();
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();
            door.door().close();

            assertThat(client.readToEnd()).isEmpty();
            call.fail(LlmException.of(ErrorKind.OVERLOADED, "stopping"));
            await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
            assertThat(door.log().get(0)).contains("status=499").endsWith("code=overloaded");
        }
    }

    @Test
    void stopThatCutsOff_isTold() throws Exception {
        open();
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next().begin().text("Hi");
            call.cancellation().onCancel(() -> call.fail(LlmException.of(ErrorKind.OVERLOADED, "stopping")));
            client.readAnswer();
            door.door().stopAccepting();
            door.door().cancelInFlight();

            List<SseEvent> events = SseEvent.read(client.readChunks());
            assertThat(events).extracting(SseEvent::name).containsExactly("start", "delta", "error");
            assertThat(events.get(2).data().path("code").asText()).isEqualTo("overloaded");
            assertThat(client.readToEnd()).isEmpty();
        }
        await().untilAsserted(() -> assertThat(door.log()).hasSize(1));
        assertThat(door.log().get(0)).contains("status=200").endsWith("code=overloaded");
    }
}
