package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.ParkingStep;
import dev.caravan.support.RawHttpClient;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDoorTest {
    private static final String POST_ECHO = "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\n";

    private final ParkingStep parking = new ParkingStep();
    private DoorUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = DoorUnderTest.open(routes());
        door.door().get("/v1/any/*", ctx -> Json.object());
        door.door().get("/v1/models/:id", ctx -> {
            String id = ctx.pathParam("id");
            switch (id) {
                case "none":
                    throw LlmException.of(ErrorKind.MODEL_NOT_FOUND, "No such model.");
                case "bug":
                    throw new IllegalStateException("very private");
                default:
                    return Json.object().put("id", id);
            }
        });
    }

    private RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("platform-http:/v1/park?httpMethodRestrict=POST").process(parking);
                from("platform-http:/letters?httpMethodRestrict=POST")
                        .process(e -> e.getMessage()
                                .setBody(e.getMessage().getHeader(Exchange.CONTENT_TYPE) + " "
                                        + e.getMessage().getBody(String.class)));
                from("platform-http:/v1/echo?httpMethodRestrict=POST")
                        .process(e -> e.getMessage().setBody(e.getMessage().getBody(String.class)));
            }
        };
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void takesTheCallersRequestIdWhenItIsPlain() throws Exception {
        assertThat(requestId("team/7:a_b.c+d=-")).isEqualTo("team/7:a_b.c+d=-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "semi;colon", "ümlaut", "<script>"})
    void makesARequestIdWhenTheCallersIsNot(String id) throws Exception {
        assertThat(requestId(id)).matches("req_[a-z2-7]{24}");
    }

    private String requestId(String callers) throws Exception {
        HttpResponse<String> answer = door.send(door.request("/nowhere").header("X-Request-Id", callers));
        return answer.headers().firstValue("X-Request-Id").orElseThrow();
    }

    @Test
    void repliesOfTheApiSayThatTheyAreEmulated() throws Exception {
        assertThat(door.post("/v1/echo", "{}").headers().firstValue("X-Caravan-Emulated"))
                .contains("true");
        assertThat(door.get("/v1/nowhere").headers().firstValue("X-Caravan-Emulated"))
                .contains("true");
        assertThat(door.get("/observe/health").headers().firstValue("X-Caravan-Emulated"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"//v1/models/x", "/x/../v1/models/x", "/v1/./models/none"})
    void aPathIsWhatRoutesTakeItFor(String path) throws Exception {
        door.door().errors("/v1/models/:id", (failure, id) -> Json.object().put("own", failure.getMessage()));
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

            assertThat(client.readAnswer())
                    .containsIgnoringCase("x-caravan-emulated: true")
                    .contains(path.endsWith("none") ? "{\"own\":" : "{\"id\":\"x\"}");
        }
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        HttpResponse<String> answer = door.get("/v1/nowhere");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"not_found\"");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/echo,     405, POST",
        "DELETE, /v1/models/x, 405, 'GET, HEAD'",
        "OPTIONS,/v1/models/x, 204, 'GET, HEAD'",
        "BREW,   /v1/echo,     405, POST",
        "DELETE, /v1/any/a/b,  405, 'GET, HEAD'",
    })
    void aWrongMethodIsToldWhatIsAllowed(String method, String path, int status, String allowed) throws Exception {
        HttpResponse<String> answer = door.send(door.request(path).method(method, BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Allow")).contains(allowed);
        assertThat(answer.body()).contains(status == 405 ? "\"code\":\"method_not_allowed\"" : "");
    }

    @Test
    void aPageAnswersGetAndHead() throws Exception {
        HttpResponse<String> got = door.get("/v1/models/x?Set-Cookie=x");
        HttpResponse<String> head = door.send(door.request("/v1/models/x").method("HEAD", BodyPublishers.noBody()));

        assertThat(got.body()).isEqualTo("{\"id\":\"x\"}");
        assertThat(got.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void aPagesFailureBecomesAProblem() throws Exception {
        assertThat(door.get("/v1/models/none").statusCode()).isEqualTo(404);
        assertThat(door.get("/v1/models/none").body()).contains("model_not_found");
        assertThat(door.get("/v1/models/bug").statusCode()).isEqualTo(500);
        assertThat(door.get("/v1/models/bug").body()).contains("internal").doesNotContain("private");
    }

    @Test
    void aPathMayHaveAFormOfItsOwnForFailures() throws Exception {
        door.door().errors("/v1/models/:id", (failure, id) -> Json.object().put("own", failure.getMessage()));

        assertThat(door.get("/v1/models/none").body()).isEqualTo("{\"own\":\"No such model.\"}");
        assertThat(door.post("/v1/models/x", "{}").body()).startsWith("{\"own\":");
        assertThat(door.get("/v1/nowhere").body()).contains("\"code\"");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json,                  '{}', 200",
        "application/json; charset=utf-8,   '[]', 200",
        "application/vnd.caravan+json,      '{}', 200",
        "APPLICATION/JSON,                  '{}', 200",
        "application/x-www-form-urlencoded, '{\"a=b&c\": 1}', 200",
        "application/x-www-form-urlencoded, ' \t{}', 200",
        "application/x-www-form-urlencoded, 'prompt=hi', 415",
        "application/x-www-form-urlencoded, '', 415",
        "text/plain,                        '{}', 415",
        "multipart/form-data,               '{}', 415",
        "application/xml,                   '<a/>', 415",
    })
    void aBodyIsJsonOrRefused(String type, String body, int status) throws Exception {
        HttpResponse<String> answer = door.send(door.post("/v1/echo", body, type));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(status == 200 ? body : "\"code\":\"unsupported_media_type\"");
    }

    @ParameterizedTest
    @CsvSource({
        "application/x-www-form-urlencoded, 'Invoice 7', null",
        "application/x-www-form-urlencoded, '', null",
        "application/x-www-form-urlencoded, '{}', application/json",
        "text/plain; charset=utf-8,         'Invoice 7', null",
        "multipart/form-data,               '{}', null",
        "application/json,                  'no', application/json",
    })
    void aPathOfOnesOwnTakesAnyBody(String type, String body, String told) throws Exception {
        HttpResponse<String> answer = door.send(door.post("/letters", body, type));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(told + " " + body);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("X-Caravan-Emulated"))
                .as("no model was asked")
                .isEmpty();
    }

    @Test
    void aBodyWithoutContentTypeIsReadWhenItBeginsWithABrace() throws Exception {
        String bom = "\uFEFF";

        assertThat(withoutType(bom + "{}").statusCode()).isEqualTo(200);
        assertThat(withoutType("hello").statusCode()).isEqualTo(415);
    }

    private HttpResponse<String> withoutType(String body) throws Exception {
        return door.send(
                door.request("/v1/echo").POST(BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aCompressedBodyIsRefused() throws Exception {
        HttpResponse<String> answer =
                door.send(door.post("/v1/echo", "{}", "application/json").header("Content-Encoding", "gzip"));

        assertThat(answer.statusCode()).isEqualTo(415);
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedAtOnce() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO + "Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n{");

            assertThat(client.readAnswer())
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("connection: close")
                    .contains("payload_too_large");
        }
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefusedWhenItGetsThere() throws Exception {
        String chunk = "80000\r\n" + " ".repeat(0x80000) + "\r\n";
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send(chunk).send(chunk).send("1\r\n \r\n0\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 413 ").contains("payload_too_large");
        }
    }

    @Test
    void aBodyOfExactlyTheLimitIsTaken() throws Exception {
        String body = "{" + " ".repeat((1 << 20) - 2) + "}";

        assertThat(door.post("/v1/echo", body).statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(
                    POST_ECHO + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 100 ");
            client.send("{}");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldNotToSendTooMuch() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO
                    + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 413 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET /v1/models/x HTTP/1.1\r\n\r\n",
                "GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/models/x HTTP/3.0\r\nHost: localhost\r\n\r\n",
                "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                POST_ECHO + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"
            })
    void badHttpIsABadRequest(String request) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            assertThat(client.send(request).readAnswer())
                    .matches("(?s)HTTP/1.[01] 400 .*")
                    .contains("\"code\":\"invalid_request\"")
                    .containsIgnoringCase("x-request-id: req_");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "identity",
                "xchunked",
                "gzip, chunked",
                "chunked, gzip",
                "chunked\r\nTransfer-Encoding: gzip"
            })
    void anUnknownTransferCodingIsRefusedAndNothingBehindItIsRead(String coding) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO + "Content-Type: application/json\r\nTransfer-Encoding: " + coding + "\r\n\r\n"
                    + "GET /v1/models/x HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: smuggled\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").doesNotContain("smuggled");
        }
        assertThat(door.log()).hasSize(1).first().asString().contains("status=400");
    }

    @Test
    void aBodyThatIsNoHttpHasItsLine() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n");
            client.readToEnd();
        }

        assertThat(door.log())
                .hasSize(1)
                .first()
                .asString()
                .contains("status=400")
                .endsWith("code=invalid_request");
        assertThat(door.metrics().scrape()).contains("caravan_requests_in_flight{door=\"http\"} 0.0");
    }

    @Test
    void aHeadThatIsTooLongIsABadRequest() throws Exception {
        for (String request : List.of(
                "GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(17_000) + "\r\n\r\n")) {
            try (RawHttpClient client = new RawHttpClient(door.port())) {
                assertThat(client.send(request).readAnswer())
                        .matches("(?s)HTTP/1.[01] 400 .*")
                        .contains("invalid_request");
            }
        }
    }

    @Test
    void refusesAtOnceWhatIsOverTheLimitOfRequestsInWork() throws Exception {
        var few = new dev.caravan.config.Settings.Http(
                0, "127.0.0.1", List.of(), List.of(), 1 << 20, 2, DoorUnderTest.PING);
        try (DoorUnderTest small = DoorUnderTest.open(few, HttpLimits.DEFAULT, routes())) {
            List<CompletableFuture<HttpResponse<String>>> parked = List.of(park(small), park(small));
            await().until(() -> parking.count() == 2);

            HttpResponse<String> refused = small.post("/v1/echo", "{}");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(refused.body()).contains("\"code\":\"overloaded\"").contains("\"retryable\":true");
            assertThat(small.get("/observe/health").statusCode()).isEqualTo(200);
            parking.release("a");
            parking.release("b");
            for (CompletableFuture<HttpResponse<String>> answer : parked) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
            await().untilAsserted(() ->
                    assertThat(small.post("/v1/echo", "{}").statusCode()).isEqualTo(200));
        }
    }

    private static CompletableFuture<HttpResponse<String>> park(DoorUnderTest at) {
        return at.client()
                .sendAsync(at.post("/v1/park", "{}", "application/json").build(), BodyHandlers.ofString());
    }

    @Test
    void stopsByRefusingWhatIsNewAndFinishingWhatIsInWork() throws Exception {
        CompletableFuture<HttpResponse<String>> inWork = park(door);
        await().until(() -> parking.count() == 1);

        door.door().stopAccepting();

        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST_ECHO + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("connection: close")
                    .contains("overloaded");
        }
        assertThat(door.door().awaitIdle(Duration.ofMillis(50))).isFalse();
        HttpResponse<String> alive = door.get("/observe/health/live");
        assertThat(alive.statusCode())
                .as("a probe must not end it while it drains")
                .isEqualTo(200);
        assertThat(alive.headers().firstValue("Connection")).contains("close");
        parking.release("finished");
        assertThat(inWork.get().body()).isEqualTo("finished");
        assertThat(inWork.get().headers().firstValue("Connection")).contains("close");
        assertThat(door.door().awaitIdle(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        var taken = new dev.caravan.config.Settings.Http(
                door.port(), "127.0.0.1", List.of(), List.of(), 1 << 20, 10, DoorUnderTest.PING);

        assertThatThrownBy(() -> DoorUnderTest.open(taken, HttpLimits.DEFAULT, routes()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Cannot listen on 127.0.0.1:" + door.port());
    }

    @Test
    void everyRequestHasOneLineAndIsCounted() throws Exception {
        door.post("/v1/echo", "{}");
        door.get("/v1/nowhere");

        await().until(() -> door.log().size() == 2);
        assertThat(door.log().get(0))
                .matches("id=req_[a-z2-7]{24} door=http model=- status=200 in=- out=- attempts=0 ms=\\d+");
        assertThat(door.log().get(1)).endsWith(" code=not_found");
        assertThat(door.metrics().scrape())
                .contains("caravan_requests_total{code=\"none\",door=\"http\",model=\"none\",status=\"200\"} 1.0")
                .contains("caravan_requests_in_flight{door=\"http\"} 0.0");
    }
}
