package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.Validation;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.PlayedTrunk;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client of {@code "stream": true} gets to see. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamDoorTest {
    private static final String ASK = "{\"prompt\": \"Hello\", \"stream\": true}";
    private static final String ASK_FOR_JSON = "{\"prompt\": \"Hello\", \"stream\": true, \"schema\": {}}";
    private static final String PATH = "/v1/generate";

    private final PlayedTrunk trunk = new PlayedTrunk() {
        @Override
        public void configure() throws Exception {
            super.configure();
            from("platform-http:/own?httpMethodRestrict=POST")
                    .errorHandler(noErrorHandler())
                    .process("caravanReadRequest")
                    .to("direct:caravan-generate")
                    .process("caravanWriteReply")
                    .process(exchange -> {
                        throw new IllegalStateException("secret of a later step");
                    });
        }
    };

    private DoorUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = DoorUnderTest.open(trunk);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private CompletableFuture<HttpResponse<String>> ask(String path, String body) {
        HttpRequest request = door.post(path, body, "application/json")
                .header("X-Request-Id", "req-1")
                .build();
        return door.client().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answer_comesAsEvents() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask(PATH, ASK);
        PlayedTrunk.Call call = trunk.next();
        assertThat(call.request().stream()).isTrue();
        call.begin().text("H").text("i").reply();

        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().headers().map())
                .containsEntry("content-type", List.of("text/event-stream"))
                .containsEntry("cache-control", List.of("no-cache"))
                .containsEntry("x-accel-buffering", List.of("no"))
                .containsEntry("x-request-id", List.of("req-1"))
                .containsEntry("x-caravan-emulated", List.of("true"));
        assertThat(answer.get().body()).isEqualTo("""
                event: start
                data: {"id":"req-1","model":"m","provider":"bedrock","emulated":true}

                event: delta
                data: {"text":"H"}

                event: delta
                data: {"text":"i"}

                event: end
                data: {"id":"req-1","model":"m","provider":"bedrock","region":"us-east-1","stop_reason":"end_turn",\
                "usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3},"attempts":1,"latency_ms":840,"emulated":true}

                """);
        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).contains("status=200").doesNotContain("code=");
    }

    @Test
    void noStream_isAskedForByNullOrFalse() throws Exception {
        for (String no : List.of("null", "false")) {
            CompletableFuture<HttpResponse<String>> answer =
                    ask(PATH, "{\"prompt\": \"Hello\", \"stream\": " + no + "}");
            PlayedTrunk.Call call = trunk.next();
            assertThat(call.request().stream()).isFalse();
            assertThat(call.sink()).isNull();
            call.reply();

            assertThat(answer.get().headers().firstValue("Content-Type")).contains("application/json");
        }
    }

    @Test
    void start_leavesWithTheFirstPartInOneWrite() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();
            call.begin();
            call.text("Hi");

            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ").contains("transfer-encoding: chunked");
            assertThat(SseEvent.read(client.readChunk()))
                    .extracting(SseEvent::name)
                    .containsExactly("start", "delta");
            call.reply();
            assertThat(SseEvent.read(client.readChunks()))
                    .extracting(SseEvent::name)
                    .containsExactly("end");
        }
    }

    @Test
    void partsOfOneTurnOfAnEventLoop_leaveInOneWrite() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.post(PATH, ASK);
            PlayedTrunk.Call call = trunk.next();
            // On either event loop, the request's own and the other.
            for (int i = 0; i < 2; i++) {
                int round = i;
                door.vertx().getOrCreateContext().runOnContext(turn -> {
                    if (round == 0) {
                        call.begin();
                    }
                    for (int part = 0; part < 50; part++) {
                        call.text("" + part % 10);
                    }
                });
                if (i == 0) {
                    assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
                }

                assertThat(SseEvent.text(SseEvent.read(client.readChunk()))).isEqualTo("0123456789".repeat(5));
            }
            call.reply();
        }
    }

    @Test
    void failureBeforeTheFirstPart_isAPlainProblem() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask(PATH, ASK);
        trunk.next()
                .begin()
                .fail(LlmException.builder(ErrorKind.RATE_LIMITED, "full")
                        .retryAfter(Duration.ofMillis(1200))
                        .build());

        assertThat(answer.get().statusCode()).isEqualTo(429);
        assertThat(answer.get().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.get().headers().firstValue("Retry-After")).contains("2");
        assertThat(answer.get().headers().firstValue("X-Accel-Buffering")).isEmpty();
        assertThat(Json.read(answer.get().body().getBytes(StandardCharsets.UTF_8))
                        .path("retry_after_s")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void failureAfterTheFirstPart_isTheLastEvent() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask(PATH, ASK);
        trunk.next().begin().text("Hi").fail(LlmException.of(ErrorKind.PROVIDER_ERROR, "broken off"));

        List<SseEvent> events = SseEvent.read(answer.get().body());
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(events).extracting(SseEvent::name).containsExactly("start", "delta", "error");
        assertThat(events.get(2).data().path("code").asText()).isEqualTo("provider_error");
        assertThat(events.get(2).data().path("status").asInt()).isEqualTo(502);
        assertThat(events.get(2).data().path("request_id").asText()).isEqualTo("req-1");
        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).contains("status=200").endsWith("code=provider_error");
    }

    @Test
    void failureOfALaterStep_isTheLastEventToo() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask("/own", ASK);
        trunk.next().begin().text("Hi").reply();

        assertThat(SseEvent.read(answer.get().body()))
                .extracting(SseEvent::name)
                .containsExactly("start", "delta", "error");
        assertThat(answer.get().body()).contains("\"code\":\"internal\"").doesNotContain("secret");
        assertThat(answer.get().headers().firstValue("X-Caravan-Emulated")).contains("true");
    }

    @Test
    void structured_tellsTheAttemptAndEndsWithTheData() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask("/v1/generate/structured", ASK_FOR_JSON);
        PlayedTrunk.Call call = trunk.next();
        call.begin().text("Gladly!");
        call.sink().part(new Part.Reasoning("so"), 2);
        call.sink().part(new Part.ToolInput(0, "call_1", "answer", "{\"a\""), 2);
        LlmReply whole = PlayedTrunk.reply("{}", new Block.ToolUse("call_1", "answer", Json.object()));
        call.end(new LlmReply(
                whole.id(),
                whole.model(),
                whole.provider(),
                whole.region(),
                whole.text(),
                "so",
                whole.stopReason(),
                whole.stopReasonRaw(),
                whole.usage(),
                2,
                whole.latency(),
                true,
                whole.toolCalls(),
                Json.object().put("a", 1),
                new Validation(Validation.Mode.TOOL, 2, false)));

        List<SseEvent> events = SseEvent.read(answer.get().body());
        assertThat(events.subList(1, 4))
                .extracting(event -> event.data().toString())
                .containsExactly(
                        "{\"text\":\"Gladly!\"}",
                        "{\"reasoning\":\"so\",\"attempt\":2}",
                        "{\"tool_call\":{\"index\":0,\"id\":\"call_1\",\"name\":\"answer\",\"input\":\"{\\\"a\\\"\"},\"attempt\":2}");
        assertThat(events.get(4).data().properties())
                .extracting(field -> field.getKey())
                .contains("data", "validation", "tool_calls")
                .doesNotContain("text", "reasoning");
    }

    @Test
    void everyCharacter_arrivesAsUtf8OnOneLine() throws Exception {
        String text = "ä€😀\u2028\r\n\u0000\"\\ \uD800";
        CompletableFuture<HttpResponse<String>> answer = ask(PATH, ASK);
        trunk.next().begin().text(text).reply();

        assertThat(SseEvent.text(SseEvent.read(answer.get().body()))).isEqualTo(text.replace('\uD800', '\uFFFD'));
    }

    @Test
    void wholeReply_isGivenOutInParts() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = ask(PATH, ASK);
        trunk.next()
                .end(PlayedTrunk.reply(
                        "Hi", new Block.ToolUse("c", "look", Json.object().put("a", 1))));

        List<SseEvent> events = SseEvent.read(answer.get().body());
        assertThat(events).extracting(SseEvent::name).containsExactly("start", "delta", "delta", "end");
        assertThat(events.get(2).data().at("/tool_call/input").asText()).isEqualTo("{\"a\":1}");
    }

    @Test
    void connection_takesTheNextRequestAfterAStream() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            for (int i = 0; i < 3; i++) {
                client.post(PATH, ASK);
                trunk.next().begin().text("Hi" + i).reply();

                assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
                assertThat(client.readChunks()).contains("Hi" + i, "event: end");
            }
        }
    }

    @Test
    void http10_endsWithTheConnection() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send("POST /v1/generate HTTP/1.0\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + ASK.length() + "\r\n\r\n" + ASK);
            trunk.next().begin().text("Hi").reply();

            String answer = client.readToEnd();
            assertThat(answer).doesNotContain("chunked").contains("\r\n\r\nevent: start\n");
            assertThat(answer).endsWith("\n\n");
        }
    }

    @Test
    void head_isRefusedAsEver() throws Exception {
        assertThat(door.send(door.request(PATH).method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void badRequest_isAPlainProblem() throws Exception {
        for (String body : List.of("{\"stream\": true}", "{\"prompt\": \"x\", \"stream\": \"yes\"}")) {
            HttpResponse<String> answer = door.post(PATH, body);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
    }
}
