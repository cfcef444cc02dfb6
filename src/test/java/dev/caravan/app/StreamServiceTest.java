package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.SettingsSources;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams through the whole service, by HTTP, from an emulator whose request log can be read. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StreamServiceTest {
    private static final Path CURL = Path.of("/usr/bin/curl");

    private final EmulatorHarness bedrock = new EmulatorHarness();

    @TempDir
    Path workingDir;

    private Service service;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(Files.createDirectories(workingDir.resolve("routes")).resolve("question.yaml"), """
                - route:
                    id: question
                    from:
                      uri: platform-http:/question
                      steps:
                        - to: caravan:generate?model=claude-haiku&pinned=true&stream=true
                """);
        Map<String, String> variables = new HashMap<>(Map.of(
                "CARAVAN_BEDROCK_MODE", "aws",
                "CARAVAN_BEDROCK_ENDPOINT", bedrock.endpoint().toString(),
                "AWS_BEARER_TOKEN_BEDROCK", "token",
                "CARAVAN_RETRY_DELAY", "1ms",
                "CARAVAN_PORT", "0",
                "CARAVAN_MANAGEMENT_PORT", "0"));
        service = Service.start(SettingsSources.standalone(workingDir, variables, new Properties()));
    }

    @AfterEach
    void stop() {
        service.close();
        bedrock.close();
    }

    private RawHttpClient ask(String fields) throws Exception {
        return new RawHttpClient(service.port()).post("/v1/generate", "{\"stream\": true, " + fields + "}");
    }

    @ParameterizedTest
    @CsvSource({"claude-3-haiku", "claude-sonnet"})
    void words_comeInParts(String model) throws Exception {
        try (RawHttpClient client = ask("\"model\": \"" + model
                + "\", \"prompt\": \"Hi\\n@emulator text=\\\"Several words come one by one.\\\"\"")) {
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            List<SseEvent> events = SseEvent.read(client.readChunks());

            assertThat(SseEvent.text(events)).isEqualTo("Several words come one by one.");
            assertThat(events).hasSizeGreaterThan(3);
            JsonNode end = events.get(events.size() - 1).data();
            assertThat(events.get(0).data().path("id")).isEqualTo(end.path("id"));
            assertThat(end.path("stop_reason").asText()).isEqualTo("end_turn");
            assertThat(end.path("usage").path("output_tokens").asInt()).isPositive();
        }
    }

    @Test
    void routeOfOnesOwn_endsWithAStream() throws Exception {
        try (RawHttpClient client = new RawHttpClient(service.port())) {
            client.send("POST /question HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nHi");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ").contains("text/event-stream");
            List<SseEvent> events = SseEvent.read(client.readChunks());

            assertThat(SseEvent.text(events)).contains("\"Hi\"");
            assertThat(events).hasSizeGreaterThan(3);
            assertThat(events.get(events.size() - 1).name()).isEqualTo("end");
        }
    }

    @Test
    void routeOfOnesOwn_abortsTheCallOfAClientThatLeaves() throws Exception {
        try (RawHttpClient client = new RawHttpClient(service.port())) {
            String prompt = "Hi\n@emulator fault=stall after=3";
            client.send("POST /question HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + prompt.length() + "\r\n\r\n"
                    + prompt);
            client.readAnswer();
            assertThat(client.readChunk()).startsWith("event: start\n");
        }

        await().until(() -> bedrock.requests().get(0).path("aborted").asBoolean());
    }

    @Test
    void failureBeforeTheFirstWord_isRetriedUnseen() throws Exception {
        try (RawHttpClient client = ask("\"prompt\": \"Hi\\n@emulator error=ThrottlingException times=2\"")) {
            client.readAnswer();
            List<SseEvent> events = SseEvent.read(client.readChunks());

            assertThat(events.get(events.size() - 1).data().path("attempts").asInt())
                    .isEqualTo(3);
        }
    }

    @Test
    void streamThatBreaksAmid_endsWithAnError() throws Exception {
        try (RawHttpClient client = ask("\"prompt\": \"Hi\\n@emulator fault=half after=3\"")) {
            client.readAnswer();
            List<SseEvent> events = SseEvent.read(client.readChunks());

            assertThat(events.get(0).name()).isEqualTo("start");
            assertThat(events.get(events.size() - 1).name()).isEqualTo("error");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ThrottlingException, provider_throttled, 429",
        "ServiceUnavailableException, provider_unavailable, 503",
        "InternalServerException, provider_error, 502",
        "ValidationException, invalid_request, 400"
    })
    void exceptionWithinTheStream_isTheErrorOfTheTableAndFinal(String name, String code, int status) throws Exception {
        try (RawHttpClient client = ask("\"prompt\": \"Hi\\n@emulator fault=exception after=3 error=" + name + "\"")) {
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            SseEvent last = last(client);

            assertThat(last.name()).isEqualTo("error");
            assertThat(last.data().path("code").asText()).isEqualTo(code);
            assertThat(last.data().path("status").asInt()).isEqualTo(status);
            assertThat(last.data().path("provider_code").asText()).isEqualTo(name);
            assertThat(last.data().path("attempts").asInt()).isEqualTo(1);
            assertThat(last.data().at("/usage/input_tokens").asInt()).isPositive();
        }
        assertThat(bedrock.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"half", "reset", "checksum", "silent"})
    void streamThatBreaksAmid_isCalledOnce(String fault) throws Exception {
        try (RawHttpClient client = ask("\"prompt\": \"Hi\\n@emulator fault=" + fault + " after=3\"")) {
            client.readAnswer();

            assertThat(last(client).name()).isEqualTo("error");
        }
        assertThat(bedrock.requests()).hasSize(1);
    }

    @Test
    void structuredStreamThatBreaksAmid_tellsHowFarTheAnswerCame() throws Exception {
        try (RawHttpClient client = new RawHttpClient(service.port())
                .post(
                        "/v1/generate/structured",
                        "{\"stream\": true, \"model\": \"claude-3-haiku\", \"schema\": {\"type\": \"object\"},"
                                + " \"prompt\": \"Hi\\n@emulator fault=half after=3"
                                + " text=\\\"{'a':'one two three four five six seven'}\\\"\"}")) {
            client.readAnswer();
            List<SseEvent> events = SseEvent.read(client.readChunks());

            SseEvent last = events.get(events.size() - 1);
            assertThat(last.name()).isEqualTo("error");
            assertThat(last.data().path("raw").asText())
                    .isNotEmpty()
                    .isEqualTo(SseEvent.text(events.subList(0, events.size() - 1)));
        }
    }

    private static SseEvent last(RawHttpClient client) throws Exception {
        List<SseEvent> events = SseEvent.read(client.readChunks());
        return events.get(events.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"drip", "stall"})
    void clientThatLeaves_abortsTheCall(String fault) throws Exception {
        String text = "word ".repeat(200).strip();
        try (RawHttpClient client =
                ask("\"prompt\": \"Hi\\n@emulator fault=" + fault + " after=3 text=\\\"" + text + "\\\"\"")) {
            client.readAnswer();
            assertThat(client.readChunk()).startsWith("event: start\n");
            assertThat(bedrock.requests().get(0).path("aborted").asBoolean()).isFalse();
        }

        await().until(() -> bedrock.requests().get(0).path("aborted").asBoolean());
        assertThat(bedrock.requests()).hasSize(1);
    }

    /** The README's curl, ended by what Ctrl-C sends. */
    @Test
    void ctrlCOfCurl_abortsTheCall() throws Exception {
        assumeTrue(Files.isExecutable(CURL), "no curl on this machine: Ctrl-C of it was not tried");
        String body =
                "{\"stream\": true, \"prompt\": \"Hi\\n@emulator fault=stall after=2 text=\\\"one two three\\\"\"}";
        Process curl = new ProcessBuilder(
                        CURL.toString(), "-sN", "http://127.0.0.1:" + service.port() + "/v1/generate", "-d", body)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader words = curl.inputReader()) {
            assertThat(words.readLine()).isEqualTo("event: start");
            assertThat(bedrock.requests().get(0).path("aborted").asBoolean()).isFalse();

            new ProcessBuilder("kill", "-INT", Long.toString(curl.pid()))
                    .start()
                    .waitFor();

            await().until(() -> bedrock.requests().get(0).path("aborted").asBoolean());
        } finally {
            curl.destroyForcibly();
        }
    }
}
