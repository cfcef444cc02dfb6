package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.SettingsSources;
import dev.caravan.runtime.Json;
import dev.caravan.support.CapturedErr;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The YAML of docs/structured.md as a user copies it: each block a file in routes/. */
class StructuredGuideTest {
    private static final List<String> LOGGERS = List.of("letters", "checked-letters");
    private static final String LEVEL = "org.slf4j.simpleLogger.log.";
    private static final Pattern STREAM =
            Pattern.compile("curl -sN localhost:8080(\\S+) \\\\\n  -d '(\\{\"stream\".*?)'\n");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path workingDir;

    @BeforeEach
    void showLogSteps() {
        LOGGERS.forEach(name -> System.setProperty(LEVEL + name, "info"));
    }

    @AfterEach
    void hideLogSteps() {
        LOGGERS.forEach(name -> System.clearProperty(LEVEL + name));
    }

    @Test
    void everyBlock_worksAsItStands() throws Exception {
        List<String> blocks = YAML.matcher(Files.readString(Path.of("docs/structured.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(3);
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        for (int i = 0; i < blocks.size(); i++) {
            Files.writeString(routes.resolve("guide" + i + ".yaml"), blocks.get(i));
        }

        try (CapturedErr log = new CapturedErr();
                Service service = start()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(log.text())
                            .containsPattern("INFO letters - \\{\"number\":.*\\}")
                            .containsPattern("INFO checked-letters - valid: \\{\"number\":.*\\}"));
            HttpResponse<byte[]> answer = post(service, "Invoice 7: one day of work.");
            JsonNode reply = Json.read(answer.body());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(reply.at("/data/total").isNumber()).isTrue();
            assertThat(reply.at("/validation/mode").isTextual()).isTrue();

            assertThat(answer.headers().firstValue("X-Caravan-Emulated")).contains("true");

            HttpResponse<byte[]> problem = post(service, "x\n@emulator text=no");
            assertThat(problem.statusCode()).isEqualTo(422);
            assertThat(problem.headers().firstValue("X-Caravan-Emulated")).contains("true");
            assertThat(problem.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
    }

    @Test
    void streamOfTheGuide_endsWithTheData() throws Exception {
        Matcher call = STREAM.matcher(Files.readString(Path.of("docs/structured.md")));
        assertThat(call.find()).isTrue();
        try (Service service = start();
                RawHttpClient client = new RawHttpClient(service.port())) {
            client.post(call.group(1), call.group(2));
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            List<SseEvent> events = SseEvent.read(client.readChunks());
            SseEvent end = events.get(events.size() - 1);
            assertThat(end.name()).isEqualTo("end");
            assertThat(Json.read(SseEvent.text(events).getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(end.data().path("data"));

            client.post(call.group(1), call.group(2).replace("each.", "each.\\n@emulator text=no"));
            client.readAnswer();
            events = SseEvent.read(client.readChunks());
            assertThat(events.get(1).data().has("attempt")).isFalse();
            assertThat(events.get(events.size() - 2).data().path("attempt").asInt())
                    .isEqualTo(3);
            SseEvent error = events.get(events.size() - 1);
            assertThat(error.name()).isEqualTo("error");
            assertThat(error.data().path("errors")).isNotEmpty();
            assertThat(error.data().path("raw").asText()).isEqualTo("no");
        }
    }

    @Test
    void bodyThatCannotBeWritten_isNamedByItsType() throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("letters.yaml"), """
                - route:
                    from:
                      uri: platform-http:/letters
                      steps:
                        - process:
                            ref: caravanReadRequest
                """);

        try (CapturedErr log = new CapturedErr();
                Service service = start()) {
            assertThat(post(service, "{\"prompt\": \"SECRET\"}").statusCode()).isEqualTo(500);
            assertThat(log.text())
                    .contains("of the type dev.caravan.chat.LlmRequest")
                    .doesNotContain("SECRET");
        }
    }

    private Service start() {
        return Service.start(SettingsSources.standalone(
                workingDir,
                Map.of("CARAVAN_BEDROCK_MODE", "embedded", "CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"),
                new Properties()));
    }

    private static HttpResponse<byte[]> post(Service service, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.port() + "/letters");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofByteArray());
    }
}
