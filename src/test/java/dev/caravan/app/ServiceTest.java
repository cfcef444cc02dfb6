package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.SettingsSources;
import dev.caravan.runtime.Json;
import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole service in this process, by HTTP, with the embedded Bedrock. */
class ServiceTest {
    private static final String DELAY_5S = "{\"prompt\": \"Hi\\n@emulator delay=5s\"}";

    @TempDir
    Path workingDir;

    /** HTTP/1.1: this client fails all streams of an HTTP/2 connection when a GOAWAY comes. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Service service;

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void prompt_isAnswered() throws Exception {
        start();

        HttpResponse<byte[]> answer = post("{\"prompt\": \"Why is the sky blue?\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).path("text").asText()).contains("Why is the sky blue?");
        assertThat(json(answer).path("emulated").asBoolean()).isTrue();
        assertThat(answer.headers().firstValue("X-Caravan-Emulated")).contains("true");
        assertThat(answer.headers().firstValue("X-Request-Id"))
                .contains(json(answer).path("id").asText());
    }

    @Test
    void throttledTwice_isAnsweredAtTheThirdAttempt() throws Exception {
        start("CARAVAN_RETRY_DELAY", "1ms");

        JsonNode reply = json(post("{\"prompt\": \"Hi\\n@emulator error=ThrottlingException times=2 delay=20ms\"}"));

        assertThat(reply.path("attempts").asInt()).isEqualTo(3);
    }

    @Test
    void limit_answers429WithATrueRetryAfter() throws Exception {
        start("CARAVAN_RATE_LIMIT", "1", "CARAVAN_RATE_WINDOW", "30s");
        post("{\"prompt\": \"one\"}");

        HttpResponse<byte[]> answer = post("{\"prompt\": \"two\"}");

        assertThat(answer.statusCode()).isEqualTo(429);
        int seconds = json(answer).path("retry_after_s").asInt();
        assertThat(seconds).isBetween(25, 30);
        assertThat(answer.headers().firstValue("Retry-After")).contains(Integer.toString(seconds));
    }

    @Test
    void wrongMethodForAModel_isToldWhatIsAllowed() throws Exception {
        start();

        HttpResponse<byte[]> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/v1/models/a/b"))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void droppedFile_isAnswered() throws Exception {
        start("CARAVAN_FILES_SETTLE", "0ms");

        Files.writeString(workingDir.resolve("files/inbox/a.txt"), "Why is the sky blue?");

        Path reply = workingDir.resolve("files/outbox/a.reply.json");
        Awaitility.await().until(() -> Files.exists(reply));
        assertThat(Json.read(Files.readAllBytes(reply)).path("text").asText()).contains("Why is the sky blue?");
        Awaitility.await().until(() -> Files.exists(workingDir.resolve("files/done/a.txt")));
    }

    @Test
    void filesFolderThatCannotBeMade_endsTheStart_whenItWasAskedFor() throws Exception {
        Files.writeString(workingDir.resolve("taken"), "a file");

        StartException failure =
                catchThrowableOfType(StartException.class, () -> start("CARAVAN_FILES_DIR", "taken/files"));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure.lines())
                .singleElement()
                .asString()
                .startsWith("caravan.files.dir = ")
                .contains("files cannot be made: ")
                .doesNotContain("Exception");
    }

    @Test
    void filesFolderThatCannotBeUsed_endsTheStart_onlyWhenItWasAskedFor() throws Exception {
        Files.createDirectory(workingDir.resolve("files"));
        Files.createSymbolicLink(workingDir.resolve("files/done"), Path.of("nowhere"));

        StartException failure = catchThrowableOfType(StartException.class, () -> start("CARAVAN_FILES_DIR", "files"));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure.lines()).singleElement().asString().contains("files/done is no folder");

        Files.writeString(workingDir.resolve("application.properties"), "caravan.files.dir=files\n");
        start();
    }

    @Test
    void fileInPlaceOfTheDefaultFilesFolder_isNoReasonNotToStart() throws Exception {
        Files.writeString(workingDir.resolve("files"), "a file");

        start();
    }

    @Test
    void models_areListedAndFound() throws Exception {
        start();

        JsonNode list = json(get("/v1/models"));
        assertThat(list.path("emulated").asBoolean()).isTrue();
        assertThat(list.path("data")).hasSizeGreaterThan(80);
        for (String name : new String[] {
            "claude-3-haiku",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "us.anthropic.claude-haiku-4-5-20251001-v1%3A0",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0"
        }) {
            assertThat(get("/v1/models/" + name).statusCode()).as(name).isEqualTo(200);
        }
        HttpResponse<byte[]> missing = get("/v1/models/nope");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(json(missing).path("code").asText()).isEqualTo("model_not_found");
        assertThat(json(missing).path("error").path("code").asText()).isEqualTo("model_not_found");
    }

    @Test
    void pages_areServed() throws Exception {
        start();

        assertThat(json(get("/openapi.json")).path("openapi").asText()).startsWith("3.1");
        assertThat(json(get("/observe/health")).path("status").asText()).isEqualTo("UP");
        assertThat(json(management("/observe/health/ready")).path("emulated").asBoolean())
                .isTrue();
        post("{\"prompt\": \"x\"}");
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                new String(management("/observe/metrics").body()))
                        .contains("caravan_requests_total")
                        .contains("caravan_overhead_seconds"));
    }

    @Test
    void userRoute_replacesTheShippedFileOfItsName_andOthersAreAdded() throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("generate.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: platform-http:/v1/mine
                      steps:
                        - setBody:
                            constant: mine
                """);
        Files.writeString(routes.resolve("more.yaml"), """
                - route:
                    id: more
                    from:
                      uri: platform-http:/v1/more
                      steps:
                        - setBody:
                            constant: Hello
                        - to: caravan:generate?model=claude-3-haiku
                        - setBody:
                            simple: "${body.text}"
                """);
        start();

        assertThat(new String(get("/v1/mine").body())).isEqualTo("mine");
        assertThat(new String(get("/v1/more").body())).contains("Hello");
        assertThat(post("{\"prompt\": \"x\"}").statusCode()).isEqualTo(404);
    }

    @Test
    void brokenRoute_endsTheStartWithFileAndLine() throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("bad.yaml"), """
                - route:
                    from:
                      uri: direct:x
                      steps:
                        - setBdy:
                            constant: x
                """);

        StartException failure = catchThrowableOfType(StartException.class, () -> start());

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("bad.yaml").hasMessageContaining("line 5");
    }

    @Test
    void routeThatCamelCannotStart_isToldOnceWithItsFile() throws Exception {
        route("one.yaml", "direct:x", "a");
        route("two.yaml", "direct:x", "b");

        StartException failure = catchThrowableOfType(StartException.class, () -> start());

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure.lines()).hasSize(2);
        assertThat(failure).hasMessageContaining("two.yaml").hasMessageContaining("Multiple consumers");
    }

    @Test
    void routeIdsThatAreTaken_areNamedWithTheirFiles() throws Exception {
        route("one.yaml", "direct:x", "a");
        route("two.yaml", "direct:y", "a");
        route("three.yaml", "direct:z", "http-generate");

        StartException failure = catchThrowableOfType(StartException.class, () -> start());

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure.lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("two.yaml") && line.contains("one.yaml"))
                .anyMatch(line -> line.contains("three.yaml") && line.contains("generate.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"just text\n", "", "- text\n", "foo: bar\n"})
    void routeFileWithoutARoute_endsTheStart(String text) throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("bad.yaml"), text);

        StartException failure = catchThrowableOfType(StartException.class, () -> start());

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("bad.yaml").hasMessageContaining("no route");
    }

    @Test
    void routeFileOfAnyName_isLoaded_butNoHiddenOne() throws Exception {
        route("a b%20#1?ü.yaml", "platform-http:/v1/mine", "mine");
        Files.writeString(workingDir.resolve("routes/.hidden.yaml"), "just text");
        start("CARAVAN_MAX_RETRIES", "7");

        assertThat(new String(get("/v1/mine").body()))
                .as("the setting in force, not the packaged one")
                .isEqualTo("retries 7");
    }

    private void route(String file, String uri, String id) throws IOException {
        Path routes = Files.createDirectories(workingDir.resolve("routes"));
        Files.writeString(routes.resolve(file), """
                - route:
                    id: %s
                    from:
                      uri: %s
                      steps:
                        - setBody:
                            constant: "retries {{caravan.retry.max}}"
                """.formatted(id, uri));
    }

    @Test
    void defaultModelWhoseFormatIsNotThere_endsTheStart(@TempDir Path folder) throws Exception {
        Path catalogue = Files.writeString(
                folder.resolve("catalogue.yaml"),
                "models:\n  amazon.nova-pro-v1:0: {format: other, capabilities: []}\n");

        StartException failure = catchThrowableOfType(
                StartException.class,
                () -> start("BEDROCK_MODEL_ID", "nova-pro", "CARAVAN_CATALOGUE", catalogue.toString()));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("caravan.model = nova-pro").hasMessageContaining("format");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere.invalid", "192.0.2.1"})
    void hostThatIsNotThisMachines_endsTheStart(String host) {
        StartException failure = catchThrowableOfType(StartException.class, () -> start("CARAVAN_HOST", host));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("caravan.http.host = " + host).hasMessageContaining("CARAVAN_HOST");
    }

    @Test
    void wrongSettings_areAllNamed() {
        StartException failure = catchThrowableOfType(
                StartException.class, () -> start("CARAVAN_MAX_RETRIES", "11", "CARAVAN_RATE_WINDOW", "soon"));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure.lines())
                .anyMatch(line -> line.contains("caravan.retry.max = 11"))
                .anyMatch(line -> line.contains("caravan.rate-limit.window = soon"));
    }

    @Test
    void unknownDefaultModel_endsTheStart() {
        StartException failure =
                catchThrowableOfType(StartException.class, () -> start("BEDROCK_MODEL_ID", "claude-nope"));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("caravan.model = claude-nope").hasMessageNotContaining("GET ");
    }

    @Test
    void portInUse_endsTheStartWithAdvice() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            StartException failure = catchThrowableOfType(
                    StartException.class, () -> start("CARAVAN_PORT", Integer.toString(taken.getLocalPort())));

            assertThat(failure.status()).isEqualTo(1);
            assertThat(failure)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("CARAVAN_PORT");
        }
    }

    @Test
    void awsModeWithoutCredentials_endsTheStart() {
        StartException failure = catchThrowableOfType(StartException.class, () -> start("CARAVAN_BEDROCK_MODE", "aws"));

        assertThat(failure.status()).isEqualTo(2);
        assertThat(failure).hasMessageContaining("AWS_ACCESS_KEY_ID");
    }

    @Test
    void unreachableEndpoint_isProviderUnavailable() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        start(
                "CARAVAN_BEDROCK_MODE", "aws",
                "CARAVAN_BEDROCK_ENDPOINT", "http://127.0.0.1:" + closed,
                "AWS_ACCESS_KEY_ID", "AKID",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "CARAVAN_RETRY_DELAY", "1ms");

        JsonNode problem = json(post("{\"prompt\": \"x\"}"));

        assertThat(problem.path("code").asText()).isEqualTo("provider_unavailable");
        assertThat(problem.path("attempts").asInt()).isEqualTo(4);
    }

    @Test
    void stop_letsACallInFlightFinishAndTakesNothingNew() throws Exception {
        start();
        CompletableFuture<HttpResponse<byte[]>> inFlight = client.sendAsync(
                request("{\"prompt\": \"Hi\\n@emulator delay=1s\"}"), HttpResponse.BodyHandlers.ofByteArray());
        Awaitility.await().until(() -> metric("caravan_requests_in_flight") >= 1);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(service::close);

        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            HttpResponse<byte[]> refused = post("{\"prompt\": \"late\"}");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(json(refused).path("code").asText()).isEqualTo("overloaded");
        });
        assertThat(inFlight.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        stopping.get(10, TimeUnit.SECONDS);
        service = null;
    }

    @Test
    void stopWithNothingInFlight_isQuick() throws Exception {
        start();
        post("{\"prompt\": \"x\"}");

        assertThat(CompletableFuture.runAsync(service::close)).succeedsWithin(Duration.ofSeconds(2));
        assertThat(service.wasCutOff()).isFalse();
        service = null;
    }

    @Test
    void shutdownTimeout_cutsOffWhatIsStillInFlight() throws Exception {
        start("CARAVAN_SHUTDOWN_TIMEOUT", "200ms");
        client.sendAsync(request(DELAY_5S), HttpResponse.BodyHandlers.ofByteArray());
        Awaitility.await().until(() -> metric("caravan_requests_in_flight") >= 1);

        assertThat(CompletableFuture.runAsync(service::close)).succeedsWithin(Duration.ofSeconds(4));
        assertThat(service.wasCutOff()).isTrue();
        service = null;
    }

    @Test
    void routeThatIsCutOff_isNamed_andItsFailureTold() throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("slow.yaml"), """
                - route:
                    id: slow-timer
                    from:
                      uri: timer:slow
                      parameters: {repeatCount: 1, delay: 1}
                      steps:
                        - doTry:
                            steps:
                              - log: {message: "slow begins", loggingLevel: WARN}
                              - setBody: {constant: "Hi\\n@emulator delay=60s"}
                              - to: direct:caravan-generate
                            doCatch:
                              - exception: [java.lang.Throwable]
                                steps:
                                  - log: {message: "told ${exception.kind}", loggingLevel: WARN}
                """);
        try (CapturedErr err = new CapturedErr()) {
            start("CARAVAN_SHUTDOWN_TIMEOUT", "1s");
            Awaitility.await().until(() -> err.text().contains("slow begins"));

            CompletableFuture.runAsync(service::close).get(10, TimeUnit.SECONDS);

            assertThat(service.wasCutOff()).isTrue();
            assertThat(err.text()).contains("slow-timer; they are cut off").contains("told OVERLOADED");
        }
        service = null;
    }

    private double metric(String name) throws Exception {
        return new String(management("/observe/metrics").body())
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void start(String... environment) {
        Map<String, String> variables = new HashMap<>(
                Map.of("CARAVAN_BEDROCK_MODE", "embedded", "CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"));
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        service = Service.start(SettingsSources.standalone(workingDir, variables, new Properties()));
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/v1/generate"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<byte[]> post(String body) throws IOException, InterruptedException {
        return client.send(request(body), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return fetch(service.port(), path);
    }

    private HttpResponse<byte[]> management(String path) throws IOException, InterruptedException {
        return fetch(service.managementPort(), path);
    }

    private HttpResponse<byte[]> fetch(int port, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        return Json.read(response.body());
    }
}
