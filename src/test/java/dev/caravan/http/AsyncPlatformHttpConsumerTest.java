package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Workers;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.ParkingStep;
import dev.caravan.support.RawHttpClient;
import dev.caravan.trunk.ExchangeKeys;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AsyncPlatformHttpConsumerTest {
    private final ParkingStep parking = new ParkingStep();
    private final CountDownLatch unblock = new CountDownLatch(1);
    private final AtomicInteger started = new AtomicInteger();
    private final Map<String, Object> seen = new ConcurrentHashMap<>();
    private DoorUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = DoorUnderTest.open(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("platform-http:/v1/park?httpMethodRestrict=POST").process(parking);
                from("platform-http:/v1/block?httpMethodRestrict=POST").process(e -> {
                    started.incrementAndGet();
                    unblock.await();
                    e.getMessage().setBody("unblocked");
                });
                from("platform-http:/v1/echo?httpMethodRestrict=POST")
                        .process(e -> e.getMessage().setBody(e.getMessage().getBody(String.class)));
                from("platform-http:/v1/things/{thing}?httpMethodRestrict=GET").process(e -> {
                    seen.putAll(e.getMessage().getHeaders());
                    e.getMessage().setHeader("CamelInternal", "inner");
                    e.getMessage().setHeader("X-Secret", "inner");
                    e.getMessage().setHeader("X-Caravan-Fallback", "true");
                    e.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
                    e.getMessage().setBody(Buffer.buffer("{}"));
                });
                from("platform-http:/v1/fail?httpMethodRestrict=POST").process(e -> {
                    throw LlmException.builder(ErrorKind.RATE_LIMITED, "Too many.")
                            .retryAfter(Duration.ofMillis(2500))
                            .build();
                });
                from("platform-http:/v1/bug?httpMethodRestrict=POST").process(e -> {
                    throw new IllegalArgumentException("secret inside");
                });
                from("platform-http:/v1/bytes?httpMethodRestrict=POST")
                        .process(e -> e.getMessage().setBody(new byte[] {1}));
                from("platform-http:/v1/stream?httpMethodRestrict=POST").process(e -> {
                    HttpMessage message = e.getMessage(HttpMessage.class);
                    CompletableFuture<Void> written = new CompletableFuture<>();
                    message.getResponse()
                            .putHeader("Content-Type", "text/event-stream")
                            .setChunked(true);
                    message.getResponse()
                            .write("data: 1\n\n")
                            .onComplete(w ->
                                    message.getResponse().end("data: 2\n\n").onComplete(end -> written.complete(null)));
                    written.get();
                });
            }
        });
    }

    @AfterEach
    void close() {
        unblock.countDown();
        door.close();
    }

    @Test
    void aStepThatCompletesLaterHoldsNoThread() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(door.client()
                    .sendAsync(
                            door.post("/v1/park", "{}", "application/json").build(),
                            HttpResponse.BodyHandlers.ofString()));
            // Each on its own: the few workers refuse whoever finds all of them at work.
            int sent = waiting.size();
            await().until(() -> parking.count() == sent);
        }

        assertThat(door.post("/v1/echo", "{\"a\":1}").body()).isEqualTo("{\"a\":1}");

        for (int i = 0; i < 50; i++) {
            parking.release("done");
        }
        for (CompletableFuture<HttpResponse<String>> answer : waiting) {
            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo("done");
        }
        await().until(() -> door.context().getInflightRepository().size() == 0);
    }

    @Test
    void refusesWhenAllWorkersAreBusy() throws Exception {
        assumeFalse(Workers.virtualThreads(), "only a bounded pool can be full");
        for (int i = 0; i < 8; i++) {
            door.client()
                    .sendAsync(
                            door.post("/v1/block", "{}", "application/json").build(),
                            HttpResponse.BodyHandlers.ofString());
        }
        await().until(() -> started.get() == 8);

        HttpResponse<String> refused = door.post("/v1/echo", "{}");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("\"code\":\"overloaded\"");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void aClientThatLeavesCancelsTheWork() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send("POST /v1/park HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\n\r\n{}");
            await().until(() -> parking.count() == 1);
        }
        Cancellation cancellation = parking.first().getProperty(ExchangeKeys.CANCELLATION, Cancellation.class);

        await().until(cancellation::isCancelled);
        assertThat(door.log()).isEmpty();
        parking.release("late");

        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).contains("status=499").contains("code=client_left");
    }

    @Test
    void aStreamThatIsResetCancelsTheWork() throws Exception {
        var client = door.vertx().createHttpClient(priorKnowledge());
        client.request(HttpMethod.POST, door.port(), "localhost", "/v1/park").onSuccess(request -> {
            request.putHeader("Content-Type", "application/json").end("{}");
            door.vertx().setPeriodic(10, id -> {
                if (parking.count() == 1 && door.vertx().cancelTimer(id)) {
                    request.reset(8);
                }
            });
        });
        await().until(() -> parking.count() == 1);

        await().until(() -> parking.first()
                .getProperty(ExchangeKeys.CANCELLATION, Cancellation.class)
                .isCancelled());
        parking.release("late");
        await().until(() -> door.log().size() == 1);
    }

    @Test
    void speaksHttp2InClearTextWithPriorKnowledge() throws Exception {
        var client = door.vertx().createHttpClient(priorKnowledge());
        var answer = client.request(HttpMethod.POST, door.port(), "localhost", "/v1/echo")
                .compose(request ->
                        request.putHeader("Content-Type", "application/json").send("{\"h2\":true}"))
                .compose(response -> {
                    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                    assertThat(response.getHeader("X-Request-Id")).isNotNull();
                    return response.body();
                });

        assertThat(answer.toCompletionStage().toCompletableFuture().get().toString())
                .isEqualTo("{\"h2\":true}");
    }

    @Test
    void speaksHttp2AfterAnUpgradeToo() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = client.send(
                    door.post("/v1/echo", "{\"n\":" + i + "}", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo("{\"n\":" + i + "}");
        }
    }

    @Test
    void stoppingEndsHttp2ConnectionsToo() throws Exception {
        var client = door.vertx().createHttpClient(priorKnowledge());
        CompletableFuture<Void> closed = new CompletableFuture<>();
        door.door().stopAccepting();

        var status = client.request(HttpMethod.GET, door.port(), "localhost", "/v1/things/x")
                .compose(request -> {
                    request.connection().closeHandler(gone -> closed.complete(null));
                    return request.send();
                })
                .map(HttpClientResponse::statusCode);

        assertThat(status.toCompletionStage().toCompletableFuture().get()).isEqualTo(503);
        assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void closesAtOnceThoughIdleConnectionsAreOpen() throws Exception {
        var client = door.vertx().createHttpClient(priorKnowledge());
        client.request(HttpMethod.GET, door.port(), "localhost", "/v1/things/x")
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        door.get("/v1/things/x");

        long begin = System.nanoTime();
        door.door().stopAccepting();
        assertThat(door.door().awaitIdle(Duration.ofSeconds(10))).isTrue();
        door.door().close();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void anHttp2BodyOverTheLimitIsRefused() throws Exception {
        var client = door.vertx().createHttpClient(priorKnowledge());
        var status = client.request(HttpMethod.POST, door.port(), "localhost", "/v1/echo")
                .compose(request -> {
                    request.putHeader("Content-Type", "application/json").setChunked(true);
                    request.write(Buffer.buffer(new byte[(1 << 20) + 1]));
                    return request.response();
                })
                .map(HttpClientResponse::statusCode);

        assertThat(status.toCompletionStage().toCompletableFuture().get()).isEqualTo(413);
    }

    private static HttpClientOptions priorKnowledge() {
        return new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            String head = " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
            client.send("POST /v1/park" + head + "2\r\n\r\n{}POST /v1/echo" + head + "7\r\n\r\n{\"b\":2}");
            await().until(() -> parking.count() == 1);
            parking.release("first");

            assertThat(client.readAnswer()).endsWith("first");
            assertThat(client.readAnswer()).endsWith("{\"b\":2}");
        }
    }

    @Test
    void onlyListedHeadersCross() throws Exception {
        HttpResponse<String> answer = door.send(door.request("/v1/things/x?Set-Cookie=evil&CamelBody=1&q=2")
                .header("CamelHttpUri", "http://evil")
                .header("CaravanModel", "expensive")
                .header("X-Caravan-Dropped", "spoofed")
                .header("Authorization", "Bearer token")
                .header("X-Any", "thing")
                .header("Accept", "text/plain"));

        assertThat(seen).containsOnlyKeys(Exchange.HTTP_METHOD, Exchange.HTTP_PATH, "thing", "Accept", "User-Agent");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().map().keySet().stream().map(String::toLowerCase))
                .containsExactlyInAnyOrder(
                        "content-type", "content-length", "x-caravan-emulated", "x-caravan-fallback", "x-request-id");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void aFailureOfOursBecomesItsProblem() throws Exception {
        HttpResponse<String> answer = door.post("/v1/fail", "{}");

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Retry-After")).contains("3");
        assertThat(answer.body()).contains("\"code\":\"rate_limited\"").contains("\"retry_after_s\":3");
        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).contains("status=429").endsWith("code=rate_limited");
    }

    @Test
    void aBugShowsNothingOfTheInside() throws Exception {
        for (String path : List.of("/v1/bug", "/v1/bytes")) {
            HttpResponse<String> answer = door.post(path, "{}");

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body())
                    .contains("\"code\":\"internal\"")
                    .doesNotContain("secret")
                    .doesNotContain("Exception")
                    .doesNotContain("byte");
        }
    }

    @Test
    void aStepMayWriteTheAnswerItself() throws Exception {
        HttpResponse<String> answer = door.post("/v1/stream", "{}");

        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(answer.body()).isEqualTo("data: 1\n\ndata: 2\n\n");
        assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).contains("status=200");
    }

    @Test
    void aSuspendedRouteRefuses() throws Exception {
        String id = door.context().getRoutes().get(2).getId();
        door.context().getRouteController().suspendRoute(id);

        HttpResponse<String> answer = door.post("/v1/echo", "{}");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("overloaded");
    }
}
