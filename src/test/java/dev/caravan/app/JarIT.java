package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a user runs it: from any folder, by signals and exit statuses. */
class JarIT {
    private static final Path JAR = Path.of("target/caravan.jar").toAbsolutePath();
    private static final Pattern READY =
            Pattern.compile("is ready: (http://[^, ]+)(?:, health and metrics: (http://[^/]+))?");
    private static final int SIGTERM_STATUS = 128 + 15;

    @TempDir
    Path workingDir;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process process;
    private String management;

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void serve_answersAndEndsOnSigterm() throws Exception {
        String address = start(Map.of());

        assertThat(post(address, "{\"prompt\": \"Hello\"}")
                        .get(20, TimeUnit.SECONDS)
                        .statusCode())
                .isEqualTo(200);
        long begin = System.nanoTime();
        process.destroy();

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(process.exitValue()).isIn(0, SIGTERM_STATUS);
    }

    @Test
    void structuredAnswers_knowTheShippedSchemasAndThoseOfTheWorkingFolder() throws Exception {
        Files.createDirectory(workingDir.resolve("schemas"));
        Files.writeString(
                workingDir.resolve("schemas/pair.schema.json"),
                "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 2, \"maxItems\": 2}");
        String address = start(Map.of());

        for (String name : List.of("invoice", "pair")) {
            HttpResponse<String> reply = post(
                            address,
                            "/v1/generate/structured",
                            "{\"prompt\": \"Hello\", \"schema_name\": \"" + name + "\"}")
                    .get(20, TimeUnit.SECONDS);

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(reply.body()).contains("\"data\":").contains("\"validation\":");
        }
    }

    @Test
    void sigterm_letsACallInFlightFinish() throws Exception {
        String address = start(Map.of());
        post(address, "{\"prompt\": \"warm\"}").get(20, TimeUnit.SECONDS);
        CompletableFuture<HttpResponse<String>> inFlight = post(address, "{\"prompt\": \"Hi\\n@emulator delay=2s\"}");
        CompletableFuture<HttpResponse<String>> second = post(address, "{\"prompt\": \"Hi\\n@emulator delay=2s\"}");
        Awaitility.await().until(() -> inFlightCount() >= 2);

        process.destroy();

        assertThat(inFlight.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(second.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void wrongSetting_endsWithTwoAndALineForEach() throws Exception {
        Files.writeString(workingDir.resolve(".env"), "CARAVAN_MAX_RETRIES=11\n");
        Files.writeString(workingDir.resolve("application.properties"), "caravan.retri.max=1\n");

        List<String> lines = run(Map.of("CARAVAN_API_KEYS", "sesame,"), "serve");

        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(lines)
                .anyMatch(line -> line.contains("caravan.retry.max = 11"))
                .anyMatch(line -> line.contains("caravan.retri.max"))
                .noneMatch(line -> line.contains("sesame"))
                .noneMatch(line -> line.contains("\tat "));
    }

    @Test
    void brokenRoute_endsWithTwoAndNamesTheFile() throws Exception {
        Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(workingDir.resolve("routes/bad.yaml"), "- route:\n    from: [\n");

        List<String> lines = run(Map.of(), "serve");

        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(lines).anyMatch(line -> line.contains("bad.yaml")).noneMatch(line -> line.contains("\tat "));
    }

    @Test
    void routeThatCamelCannotStart_endsWithTwoAndNoStackTrace() throws Exception {
        Files.createDirectory(workingDir.resolve("routes"));
        for (String name : List.of("a", "b")) {
            Files.writeString(
                    workingDir.resolve("routes/" + name + ".yaml"),
                    "- route:\n    id: " + name + "\n    from:\n      uri: direct:x\n      steps:\n        - log: x\n");
        }

        List<String> lines = run(Map.of(), "serve");

        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(lines).anyMatch(line -> line.contains("b.yaml")).noneMatch(line -> line.contains("\tat "));
    }

    @Test
    void emulatorAlone_letsACallInFlightFinish_andEndsQuicklyWhenIdle() throws Exception {
        process = builder(Map.of(), "emulator", "--port=0").start();
        String model = address(process) + "/model/anthropic.claude-3-haiku-20240307-v1:0/invoke";
        CompletableFuture<HttpResponse<String>> inFlight = client.sendAsync(
                HttpRequest.newBuilder(URI.create(model))
                        .header("Authorization", "Bearer x")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"anthropic_version\": \"bedrock-2023-05-31\","
                                + "\"max_tokens\": 9, \"messages\": [{\"role\": \"user\","
                                + "\"content\": \"Hi\\n@emulator delay=2s\"}]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        URI requests = URI.create(model.substring(0, model.indexOf("/model/")) + "/_emulator/requests");
        Awaitility.await()
                .until(() -> client.send(HttpRequest.newBuilder(requests).build(), HttpResponse.BodyHandlers.ofString())
                        .body()
                        .contains("delay=2s"));

        process.destroy();

        assertThat(inFlight.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(process.waitFor(2, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void logs_holdNeitherContentNorSecretsAtAnyLevel() throws Exception {
        Path log = workingDir.resolve("log");
        process = builder(
                        Map.of(
                                "CARAVAN_API_KEYS", "KEYMARK",
                                "CARAVAN_MAX_RETRIES", "1",
                                "CARAVAN_RETRY_DELAY", "1ms",
                                "JDK_JAVA_OPTIONS", "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace"),
                        "serve")
                .redirectError(log.toFile())
                .start();
        String address = address(process);

        for (String body : List.of(
                "{\"prompt\": \"PROMPTMARK\", \"system_prompt\": \"SYSTEMMARK\"}",
                "{\"prompt\": \"PROMPTMARK\\n@emulator error=ThrottlingException\"}",
                "{\"prompt\": \"PROMPTMARK\\n@emulator text=REPLYMARK\"}",
                "{\"prompt\": \"PROMPTMARK\\n@emulator malformed=true\"}",
                "{\"prompt\": \"PROMPTMARK")) {
            client.send(
                    HttpRequest.newBuilder(URI.create(address + "/v1/generate"))
                            .header("x-api-key", "KEYMARK")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();

        assertThat(Files.readString(log))
                .contains("access - id=")
                .doesNotContainIgnoringCase("PROMPTMARK")
                .doesNotContainIgnoringCase("SYSTEMMARK")
                .doesNotContainIgnoringCase("REPLYMARK")
                .doesNotContainIgnoringCase("KEYMARK");
    }

    @Test
    void unknownCommand_endsWithTwo() throws Exception {
        assertThat(run(Map.of(), "sevre")).anyMatch(line -> line.contains("sevre"));
        assertThat(process.exitValue()).isEqualTo(2);
    }

    @Test
    void helpAndVersion_endWithZero() throws Exception {
        assertThat(run(Map.of(), "--help")).anyMatch(line -> line.contains("emulator"));
        assertThat(process.exitValue()).isZero();
        assertThat(run(Map.of(), "--version")).hasSize(1).first().asString().startsWith("caravan ");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void emulatorAlone_isServed_andServeCallsItAsAws() throws Exception {
        Process emulator = builder(Map.of(), "emulator", "--port", "0").start();
        try {
            String endpoint = address(emulator);
            String address = start(Map.of(
                    "CARAVAN_BEDROCK_MODE", "auto",
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint,
                    "AWS_ACCESS_KEY_ID", "AKID",
                    "AWS_SECRET_ACCESS_KEY", "secret",
                    "AWS_REGION", "eu-central-1"));

            HttpResponse<String> answer =
                    post(address, "{\"prompt\": \"Hello\"}").get(20, TimeUnit.SECONDS);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"emulated\":false").contains("\"region\":\"eu-central-1\"");
            assertThat(answer.body()).contains("\"model\":\"eu.anthropic.claude-sonnet");
        } finally {
            emulator.destroy();
            assertThat(emulator.waitFor(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    private String start(Map<String, String> environment) throws IOException {
        process = builder(environment, "serve").start();
        return address(process);
    }

    /** Reads stdout up to the line that says where it listens. */
    private String address(Process starting) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(starting.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                management = ready.group(2);
                return ready.group(1);
            }
        }
        throw new AssertionError("it ended before it was ready");
    }

    private List<String> run(Map<String, String> environment, String... words) throws Exception {
        process = builder(environment, words).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private ProcessBuilder builder(Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDir.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(AWS|CARAVAN|BEDROCK|GROQ)_.*|USE_GROQ|(?i:https?|no)_proxy"));
        builder.environment().put("CARAVAN_BEDROCK_MODE", "embedded");
        builder.environment().put("CARAVAN_PORT", "0");
        builder.environment().put("CARAVAN_MANAGEMENT_PORT", "0");
        builder.environment().putAll(environment);
        return builder;
    }

    private CompletableFuture<HttpResponse<String>> post(String address, String body) {
        return post(address, "/v1/generate", body);
    }

    private CompletableFuture<HttpResponse<String>> post(String address, String path, String body) {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create(address + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private double inFlightCount() throws Exception {
        HttpResponse<String> metrics = client.send(
                HttpRequest.newBuilder(URI.create(management + "/observe/metrics"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return metrics.body()
                .lines()
                .filter(line -> line.startsWith("caravan_requests_in_flight"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
