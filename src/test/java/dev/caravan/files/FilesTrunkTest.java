package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.trunk.TestTrunk;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder door with the shipped route, the real trunk and the emulator. */
class FilesTrunkTest {
    @TempDir
    Path root;

    private TestTrunk trunk;
    private FilesDoorUnderTest files;

    private void open(String... settings) throws Exception {
        start(settings);
        files.open();
    }

    private void start(String... settings) throws Exception {
        trunk = TestTrunk.start(settings);
        files = new FilesDoorUnderTest(trunk.context(), root, 4);
    }

    @AfterEach
    void stop() {
        files.close();
        trunk.close();
    }

    @Test
    void text_isAnswered_andTheLineHasTheCall() throws Exception {
        open();
        files.store.drop("a.txt", "Why is the sky blue?");
        await().until(() -> files.log.size() == 1);

        assertThat(files.store.job("a.txt").json().path("text").asText()).contains("Why is the sky blue?");
        assertThat(files.log.get(0))
                .contains("model=anthropic.claude-3-haiku-20240307-v1:0")
                .contains("attempts=1")
                .contains("status=200");
    }

    @Test
    void replyThatAUsersStepHasReplaced_isDeliveredAsTheModelGaveIt() throws Exception {
        start();
        files.open(FilesRouteTest.with("- setBody:\n    constant: mine\n", "files-keep-reply"));
        files.store.drop("a.txt", "Why is the sky blue?");
        await().until(() -> files.log.size() == 1);

        assertThat(files.store.job("a.txt").json().path("text").asText()).contains("Why is the sky blue?");
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void structured_hasData() throws Exception {
        open();
        files.store.drop(
                "a.json",
                "{\"prompt\": \"Ann\", \"schema\": {\"type\": \"object\", \"required\": [\"n\"],"
                        + " \"properties\": {\"n\": {\"type\": \"string\"}}}}");
        await().until(() -> files.log.size() == 1);

        assertThat(files.store.job("a.json").json().at("/data/n").isTextual()).isTrue();
    }

    @Test
    void refusalOfTheProvider_isTheProblem() throws Exception {
        open();
        files.store.drop("a.txt", "Hi\n@emulator error=ValidationException");
        await().until(() -> files.log.size() == 1);

        assertThat(files.log.get(0))
                .contains("status=400")
                .contains("attempts=1")
                .contains("code=invalid_request");
    }

    @Test
    void limit_isWaitedFor_andAStopReleasesWhoWaits() throws Exception {
        open("caravan.rate-limit.requests=1", "caravan.rate-limit.window=1h");
        files.store.drop("a.txt", "Hi");
        await().until(() -> files.log.size() == 1);
        files.store.drop("b.txt", "Hi");
        files.store.drop("c.txt", "Hi");
        await().until(() -> files.store.jobs.size() == 3);

        files.door.stopTaking();
        trunk.endUnpaidWaits(Duration.ofHours(1));

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.job("b.txt").releases).isEqualTo(1);
        assertThat(files.store.job("c.txt").releases).isEqualTo(1);
        assertThat(files.log).hasSize(1);
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void callInFlight_mayFinishInAStop() throws Exception {
        open();
        files.store.drop("a.txt", "Hi\n@emulator delay=1s");
        await().until(() -> trunk.calls().path("requests").size() == 1);

        files.door.stopTaking();

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.finished("a.txt")).isTrue();
    }

    @Test
    void callThatIsCutOff_leavesItsJobToBeAskedAgain() throws Exception {
        open();
        files.store.drop("a.txt", "Hi\n@emulator delay=60s");
        await().until(() -> trunk.calls().path("requests").size() == 1);

        files.door.stopTaking();
        files.door.cancelInWork();

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.job("a.txt").outcome()).isEqualTo(Job.Outcome.NONE);
        assertThat(files.store.job("a.txt").releases).isEqualTo(1);
    }
}
