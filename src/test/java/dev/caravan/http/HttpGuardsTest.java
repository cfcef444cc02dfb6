package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.config.Secret;
import dev.caravan.config.Settings;
import dev.caravan.runtime.Json;
import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.RawHttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpGuardsTest {
    private static final String PAGE = "https://app.example";

    private static DoorUnderTest open(Settings.Http settings) throws Exception {
        DoorUnderTest door = DoorUnderTest.open(settings, HttpLimits.DEFAULT, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/letters?httpMethodRestrict=POST")
                        .process(e -> e.getMessage().setBody("letter"));
                from("platform-http:/v1/echo?httpMethodRestrict=POST")
                        .process(e -> e.getMessage().setBody("echo"));
            }
        });
        door.door().get("/openapi.json", ctx -> Json.object());
        return door;
    }

    private static HttpRequest.Builder call(DoorUnderTest door) {
        return door.post("/v1/echo", "{}", "application/json");
    }

    private static HttpRequest.Builder preflight(DoorUnderTest door, String origin) {
        return door.request("/v1/echo")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example"})
    void aForeignPageMayNotCall(String origin) throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.settings())) {
            HttpResponse<String> answer = door.send(call(door).header("Origin", origin));

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"code\":\"forbidden\"");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(door.send(preflight(door, origin)).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void aForeignPageMayNotSendTextToAPathOfOnesOwn() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.settings())) {
            HttpResponse<String> answer = door.send(
                    door.post("/letters", "Invoice 7", "text/plain").header("Origin", "https://evil.example"));

            assertThat(answer.statusCode()).isEqualTo(403);
        }
    }

    @Test
    void itsOwnPageMayCall() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.settings())) {
            assertThat(door.send(call(door).header("Origin", "http://127.0.0.1:" + door.port()))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aListedPageMayCall() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.withOrigins(PAGE))) {
            HttpResponse<String> answer = door.send(call(door).header("Origin", PAGE));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains(PAGE);
            assertThat(answer.headers().firstValue("Vary")).contains("Origin");
        }
    }

    @Test
    void aListedPagesPreflightIsAnsweredWithoutAKey() throws Exception {
        Settings.Http settings = new Settings.Http(
                0, "127.0.0.1", List.of(PAGE), List.of(new Secret("key")), 1 << 20, 10, DoorUnderTest.PING);
        try (DoorUnderTest door = open(settings)) {
            HttpResponse<String> answer = door.send(preflight(door, PAGE));

            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains(PAGE);
            assertThat(answer.headers()
                            .firstValue("Access-Control-Allow-Methods")
                            .orElseThrow())
                    .contains("POST");
            assertThat(answer.headers()
                            .firstValue("Access-Control-Allow-Headers")
                            .orElseThrow())
                    .contains("Authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.2"})
    void onTheLoopbackAForeignHostIsRefused(String host) throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.settings())) {
            assertThat(callAs(door, host)).startsWith("HTTP/1.1 403 ").contains("forbidden");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:99", "[::1]", "[::1]:8080"})
    void onTheLoopbackItsOwnNamesAreTaken(String host) throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.settings())) {
            assertThat(callAs(door, host)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void withApiKeysHostAndOriginDoNotMatter() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.withKeys("key"))) {
            assertThat(callAs(door, "evil.example\r\nOrigin: https://evil.example\r\nx-api-key: key"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    private static String callAs(DoorUnderTest door, String host) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send("POST /v1/echo HTTP/1.1\r\nHost: " + host
                    + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
            return client.readAnswer();
        }
    }

    @Test
    void anyOfTheKeysOpensTheDoor() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.withKeys("first", "second"))) {
            for (String key : List.of("first", "second")) {
                assertThat(door.send(call(door).header("x-api-key", key)).statusCode())
                        .isEqualTo(200);
                assertThat(door.send(call(door).header("Authorization", "bearer " + key))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void withoutARightKeyNothingIsServed() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.withKeys("first", "second"))) {
            for (HttpRequest.Builder request : List.of(
                    call(door),
                    call(door).header("x-api-key", "third"),
                    call(door).header("x-api-key", ""),
                    call(door).header("Authorization", "Basic first"),
                    call(door).header("Authorization", "Bearer"),
                    door.request("/v1/nowhere"),
                    door.request("/v1//echo"),
                    door.request("/model/x/invoke"))) {
                HttpResponse<String> answer = door.send(request);

                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                assertThat(answer.body()).contains("\"code\":\"unauthorized\"").doesNotContain("third");
            }
        }
    }

    @Test
    void healthAndDescriptionNeedNoKey() throws Exception {
        try (DoorUnderTest door = open(DoorUnderTest.withKeys("key"))) {
            for (String path : List.of("/observe/health", "/observe/health/live", "/openapi.json")) {
                assertThat(door.get(path).statusCode()).isEqualTo(200);
            }
        }
    }
}
