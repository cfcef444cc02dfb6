package dev.caravan.app;

import static dev.caravan.support.EmulatorHarness.HAIKU;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.support.EmulatorModels;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stop of an emulator that runs alone. */
class EmulatorProcessTest {
    private final Vertx vertx = OwnVertx.create(1);
    private Emulator emulator;

    @BeforeEach
    void start() throws Exception {
        emulator = Emulator.start(vertx, EmulatorOptions.of(EmulatorModels.all()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void aStreamThatIsStillInWork_isCutOff_andTold() throws Exception {
        try (InputStream stream = ask("@emulator fault=stall")) {
            assertThat(EmulatorProcess.stop(emulator, Duration.ofMillis(1))).isTrue();
        }
    }

    @Test
    void whatIsAnswered_isNotCutOff() throws Exception {
        try (InputStream stream = ask("Hi")) {
            assertThat(stream.readAllBytes()).isNotEmpty();

            assertThat(EmulatorProcess.stop(emulator, Duration.ofMinutes(1))).isFalse();
        }
    }

    private InputStream ask(String prompt) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        emulator.endpoint().resolve("/model/" + HAIKU + "/invoke-with-response-stream"))
                .header("Authorization", "Bearer token")
                .POST(HttpRequest.BodyPublishers.ofString(prompt(prompt).toString()))
                .build();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    }
}
