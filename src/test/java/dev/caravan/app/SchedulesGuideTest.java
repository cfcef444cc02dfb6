package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.SettingsSources;
import dev.caravan.runtime.Json;
import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timer door of the whole service, and the files of docs/schedules.md as a user copies them. */
class SchedulesGuideTest {
    private static final String LEVEL = "org.slf4j.simpleLogger.log.quarter-hour";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path workingDir;

    private Path routes;

    @BeforeEach
    void prepare() throws IOException {
        System.setProperty(LEVEL, "info");
        routes = Files.createDirectory(workingDir.resolve("routes"));
    }

    @AfterEach
    void hideLogSteps() {
        System.clearProperty(LEVEL);
    }

    @Test
    void shippedReport_isWrittenWithTheUsersTemplate() throws Exception {
        Files.writeString(routes.resolve("report.prompt.txt"), blocks("text").get(0));

        try (Service service = start(Map.of("CARAVAN_REPORT_ENABLED", "True"))) {
            JsonNode reply = Json.read(Files.readAllBytes(report()));
            assertThat(reply.at("/data/title").isTextual()).isTrue();
            assertThat(reply.path("model").asText()).contains("claude-haiku");
            assertThat(service.port()).isPositive();
        }
        assertThat(names())
                .hasSize(2)
                .allMatch(name -> name.matches("report-\\d{4}-\\d\\d-\\d\\d\\.reply\\.(txt|json)"));
    }

    @Test
    void everyBlock_worksAsItStands() throws Exception {
        List<String> blocks = blocks("yaml");
        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(0)).contains("${date:now:H} >= 6");
        Files.writeString(routes.resolve("report.yaml"), blocks.get(0).replace(">= 6", ">= 0"));
        Files.writeString(routes.resolve("quarter.yaml"), blocks.get(1));

        try (CapturedErr log = new CapturedErr();
                Service service = start(Map.of("CARAVAN_REPORT_ENABLED", "true"))) {
            assertThat(report()).exists();
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(log.text()).containsPattern("INFO quarter-hour - \\S"));
            assertThat(log.text()).doesNotContain("failed");
            assertThat(service.port()).isPositive();
        }
    }

    @Test
    void withoutTheSetting_thereIsNoReport() throws Exception {
        Files.writeString(routes.resolve("quarter.yaml"), blocks("yaml").get(1));

        try (CapturedErr log = new CapturedErr();
                Service service = start(Map.of())) {
            // A timer that began with it has fired.
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(log.text()).containsPattern("INFO quarter-hour - \\S"));
            assertThat(service.port()).isPositive();
        }
        assertThat(names()).noneMatch(name -> name.startsWith("report"));
    }

    @Test
    void reportThatTheStopCutsOff_isOneLine_andDueAtTheNextStart() throws Exception {
        Path template = routes.resolve("report.prompt.txt");
        Files.writeString(template, "Hello\n@emulator delay=60s");
        Map<String, String> environment = Map.of("CARAVAN_REPORT_ENABLED", "true", "CARAVAN_SHUTDOWN_TIMEOUT", "10ms");
        String text;
        try (CapturedErr log = new CapturedErr()) {
            try (Service service = start(environment)) {
                Awaitility.await().atMost(SOON).until(() -> Files.exists(claim()));
                assertThat(service.port()).isPositive();
            }
            text = log.text();
        }
        assertThat(text.lines().filter(line -> line.contains("report-")))
                .singleElement()
                .asString()
                .containsAnyOf("next start", "tried again later: overloaded");
        assertThat(text).doesNotContain("\tat ");

        Files.writeString(template, "Hello");
        try (Service service = start(environment)) {
            assertThat(report()).exists();
            assertThat(service.port()).isPositive();
        }
    }

    @Test
    void schemaThatCannotBeUsed_isWarnedOfOnce() throws Exception {
        Path schema = Files.createDirectory(workingDir.resolve("schemas")).resolve("report.schema.json");
        Files.writeString(schema, "{");

        String text;
        try (CapturedErr log = new CapturedErr()) {
            start(Map.of()).close();
            text = log.text();
        }

        assertThat(text.lines().filter(line -> line.contains("The schema report is not JSON")))
                .hasSize(1);
    }

    private Path claim() {
        return workingDir.resolve("files").resolve(".report.lock");
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/schedules.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private Path report() {
        Awaitility.await().atMost(SOON).until(() -> names().stream().anyMatch(name -> name.endsWith(".reply.json")));
        return names().stream()
                .filter(name -> name.endsWith(".reply.json"))
                .map(name -> workingDir.resolve("files").resolve("outbox").resolve(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> names() {
        Path outbox = workingDir.resolve("files").resolve("outbox");
        if (!Files.exists(outbox)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(outbox)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Service start(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(
                Map.of("CARAVAN_BEDROCK_MODE", "embedded", "CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"));
        return Service.start(SettingsSources.standalone(workingDir, environment, new Properties()));
    }
}
