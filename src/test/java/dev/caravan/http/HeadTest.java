package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.observe.Health;
import dev.caravan.observe.HealthState;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.Json;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.EmulatorHarness;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HEAD at every port: what GET answers, without the body. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HeadTest {
    private record Answer(int status, String length, int bytes) {}

    /** Asks twice on one connection, which an unasked-for body would break. */
    private static Answer ask(Vertx vertx, HttpVersion version, HttpMethod method, int port, String path)
            throws Exception {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false)
                .setMaxPoolSize(1)
                .setHttp2MaxPoolSize(1));
        Answer answer = null;
        for (int i = 0; i < 2; i++) {
            HttpClientResponse[] head = new HttpClientResponse[1];
            int bytes = client.request(method, port, "127.0.0.1", path)
                    // On the event loop, before the body's end is there.
                    .compose(request -> request.send().compose(response -> {
                        head[0] = response;
                        return response.body();
                    }))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS)
                    .length();
            answer = new Answer(head[0].statusCode(), head[0].getHeader("Content-Length"), bytes);
        }
        return answer;
    }

    private static void compare(Vertx vertx, HttpVersion version, int port, String path, int status) throws Exception {
        Answer get = ask(vertx, version, HttpMethod.GET, port, path);
        Answer head = ask(vertx, version, HttpMethod.HEAD, port, path);

        assertThat(get.bytes()).as(path).isPositive();
        assertThat(head).as(path).isEqualTo(new Answer(status, Integer.toString(get.bytes()), 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void mainPort(HttpVersion version) throws Exception {
        RouteBuilder routes = new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/text").setBody().constant("Words of a route.");
                from("platform-http:/nothing")
                        .setHeader(Exchange.HTTP_RESPONSE_CODE)
                        .constant(204)
                        .setBody()
                        .constant(null);
            }
        };
        try (DoorUnderTest door = DoorUnderTest.open(routes)) {
            door.door().get("/page", ctx -> Json.object().put("a", "x".repeat(5000)));

            compare(door.vertx(), version, door.port(), "/page", 200);
            compare(door.vertx(), version, door.port(), "/text", 200);
            compare(door.vertx(), version, door.port(), "/observe/health", 200);
            assertThat(ask(door.vertx(), version, HttpMethod.HEAD, door.port(), "/unknown"))
                    .extracting(Answer::status, Answer::bytes)
                    .containsExactly(404, 0);
            assertThat(ask(door.vertx(), version, HttpMethod.HEAD, door.port(), "/nothing"))
                    .isEqualTo(new Answer(204, null, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void emulatorsPort(HttpVersion version) throws Exception {
        try (EmulatorHarness emulator = new EmulatorHarness()) {
            int port = emulator.endpoint().getPort();

            Answer refusal = ask(emulator.vertx(), version, HttpMethod.HEAD, port, "/model/x/invoke");
            assertThat(refusal.status()).isGreaterThanOrEqualTo(400);
            assertThat(refusal.bytes()).isZero();
            assertThat(Integer.parseInt(refusal.length())).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void managementPort(HttpVersion version) throws Exception {
        try (DoorUnderTest door = DoorUnderTest.open(new RouteBuilder() {
                    @Override
                    public void configure() {}
                });
                ManagementServer server = new ManagementServer(
                        door.vertx(),
                        "127.0.0.1",
                        0,
                        HttpLimits.DEFAULT,
                        new Health(new HealthState(true), door.context()),
                        new Metrics(model -> model))) {
            server.open();

            compare(door.vertx(), version, server.actualPort(), "/observe/health", 503);
            assertThat(ask(door.vertx(), version, HttpMethod.HEAD, server.actualPort(), "/observe/metrics"))
                    .extracting(Answer::status, Answer::bytes)
                    .containsExactly(200, 0);
        }
    }
}
