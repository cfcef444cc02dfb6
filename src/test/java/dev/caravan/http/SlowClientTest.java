package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.ParkingStep;
import dev.caravan.support.RawHttpClient;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server reads from its own clock here, with limits of half a second. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class SlowClientTest {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final String POST =
            "POST /v1/park HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private final ParkingStep parking = new ParkingStep();
    private DoorUnderTest door;

    @BeforeEach
    void open() throws Exception {
        HttpLimits limits = new HttpLimits(SHORT, SHORT, SHORT, SHORT, SHORT);
        door = DoorUnderTest.open(DoorUnderTest.settings(), limits, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/v1/park?httpMethodRestrict=POST").process(parking);
            }
        });
    }

    @AfterEach
    void close() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "PRI * HTTP/2.0\r\n\r\n",
                "POST /v1/park HTTP/1.1\r\nHost: local",
                POST + "Content-Length: 10\r\n\r\n",
                POST + "Content-Length: 10\r\n\r\n{",
                POST + "Transfer-Encoding: chunked\r\n\r\n5\r\n{"
            })
    void aRequestThatNeverEndsIsCut(String start) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            assertThat(client.send(start).readToEnd()).isEmpty();
        }
        assertThat(parking.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"})
    void aCutRequestGivesItsPlaceBackAndHasItsLine(String rest) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST + rest);
            await().until(() -> inFlight().equals("1.0"));

            assertThat(client.readToEnd()).isEmpty();
        }
        await().until(() -> inFlight().equals("0.0"));
        assertThat(door.door().awaitIdle(Duration.ZERO)).isTrue();
        assertThat(door.log())
                .hasSize(1)
                .first()
                .asString()
                .contains("status=499")
                .endsWith("code=receive_timeout");
    }

    @Test
    void aCutHttp2StreamGivesItsPlaceBack() throws Exception {
        HttpClient client = door.vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        client.request(HttpMethod.POST, door.port(), "127.0.0.1", "/v1/park").onSuccess(request -> {
            request.exceptionHandler(reset -> {});
            request.putHeader("Content-Type", "application/json")
                    .setChunked(true)
                    .write("{");
        });

        await().until(() -> door.log().size() == 1);
        assertThat(door.log().get(0)).endsWith("code=receive_timeout");
        assertThat(inFlight()).isEqualTo("0.0");
        client.close();
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

    @ParameterizedTest
    @ValueSource(strings = {"GET /v1/models HTTP/1.1\r\nX-Long: ", POST + "Content-Length: 100000\r\n\r\n{"})
    void aRequestThatDripsIsCut(String start) throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(start);
            AtomicBoolean refused = new AtomicBoolean();
            long begin = System.nanoTime();
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                try {
                    client.send("a");
                } catch (IOException e) {
                    refused.set(true);
                }
                return refused.get();
            });

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SHORT.dividedBy(2));
        }
    }

    @Test
    void aRequestInWorkMayBeSilent() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST + "Content-Length: 2\r\n\r\n{}");
            await().pollDelay(SHORT.multipliedBy(3)).until(() -> parking.count() == 1);
            parking.release("at last");

            assertThat(client.readAnswer()).endsWith("at last");
        }
    }

    @Test
    void aConnectionWithoutWorkIsClosed() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void theRestOfARefusedBodyIsNotWaitedForLong() throws Exception {
        try (RawHttpClient client = new RawHttpClient(door.port())) {
            client.send(POST + "Content-Length: 99999999\r\n\r\n{");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 413 ");
        }
    }
}
