package dev.caravan.app;

import static dev.caravan.support.DroppedFile.Kind.TEXT;
import static dev.caravan.support.FolderServices.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.DroppedFile;
import dev.caravan.support.JarProcess;
import dev.caravan.support.WatchedFolder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The built jar when a signal comes and not all can be finished. */
class StopIT extends WithFolderServices {
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration LONG_BEFORE_ITS_TIMEOUT = Duration.ofSeconds(15);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final DroppedFile slow = DroppedFile.of(TEXT, "slow-#", "delay=60s");

    @Test
    void requestThatIsCutOff_isAnswered_andEndsWithOneAndALine() throws Exception {
        JarProcess process = services.serve(workingDir, Map.of("CARAVAN_SHUTDOWN_TIMEOUT", "1s"));
        CompletableFuture<HttpResponse<String>> answer = post(process, slow.mark() + "\\n@emulator delay=60s");
        awaitCall();

        process.terminate();

        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        assertThat(process.ended(STOP)).isTrue();
        assertThat(process.exitStatus()).isEqualTo(1);
        assertThat(process.log())
                .contains("Requests were still in work", "CARAVAN_SHUTDOWN_TIMEOUT", "door=http")
                .doesNotContain("\tat ");
    }

    @Test
    void reportThatIsCutOff_isNamed_hasItsLine_andEndsWithOne() throws Exception {
        report(slow.mark() + "\n@emulator delay=60s");
        JarProcess process =
                services.serve(workingDir, Map.of("CARAVAN_SHUTDOWN_TIMEOUT", "1s", "CARAVAN_REPORT_ENABLED", "true"));
        awaitCall();

        process.terminate();

        assertThat(process.ended(STOP)).isTrue();
        assertThat(process.exitStatus()).isEqualTo(1);
        assertThat(process.log())
                .containsPattern("WARN CamelRuntime - Routes were still in work .*: report;")
                .containsPattern("code=overloaded .*file=report-|file=report-.* code=overloaded")
                .doesNotContain("DefaultShutdownStrategy", "\tat ");
    }

    @Test
    void reportThatWaitsForTheLimit_isEndedAtOnce() throws Exception {
        report(slow.mark() + "\n@emulator error=ThrottlingException");
        JarProcess process = services.serve(
                workingDir,
                Map.of(
                        "CARAVAN_RATE_LIMIT", "1",
                        "CARAVAN_RATE_WINDOW", "1h",
                        "CARAVAN_RETRY_DELAY", "1ms",
                        "CARAVAN_REPORT_ENABLED", "true"));
        awaitCall();

        process.terminate();

        assertThat(process.ended(LONG_BEFORE_ITS_TIMEOUT)).isTrue();
        assertThat(process.exitStatus()).isIn(0, 128 + 15);
        assertThat(process.log()).contains("Caravan is stopping").doesNotContain("DefaultShutdownStrategy", "\tat ");
    }

    @Test
    void fileThatWasAskedFor_isCutOff_andEndsWithOneAndALine() {
        JarProcess process = services.serve(workingDir, Map.of("CARAVAN_SHUTDOWN_TIMEOUT", "1s"));
        WatchedFolder folder = new WatchedFolder(workingDir);
        folder.drop(slow);
        awaitCall();

        process.terminate();

        assertThat(process.ended(STOP)).isTrue();
        assertThat(process.exitStatus()).isEqualTo(1);
        assertThat(process.log()).contains("Files that were asked for were still in work", "may be paid for");
        assertThat(folder.jobs()).isEqualTo(1);
    }

    private void awaitCall() {
        await().until(() -> services.emulator().calls(slow.mark()) == 1);
    }

    private void report(String prompt) throws Exception {
        Path routes = Files.createDirectory(workingDir.resolve("routes"));
        Files.writeString(routes.resolve("report.prompt.txt"), prompt);
    }

    private CompletableFuture<HttpResponse<String>> post(JarProcess process, String prompt) {
        URI address = process.awaitReady().resolve("/v1/generate");
        return client.sendAsync(
                HttpRequest.newBuilder(address)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\": \"" + prompt + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
