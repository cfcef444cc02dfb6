package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.support.DoorUnderTest;
import dev.caravan.support.ParkingStep;
import dev.caravan.support.RawHttpClient;
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
        HttpLimits limits = new HttpLimits(SHORT, SHORT, SHORT);
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
