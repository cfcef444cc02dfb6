package dev.caravan.app;

import static dev.caravan.support.DroppedFile.Kind.JSON;
import static dev.caravan.support.DroppedFile.Kind.TEXT;
import static dev.caravan.support.FolderServices.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.caravan.support.DroppedFile;
import dev.caravan.support.JarProcess;
import dev.caravan.support.SlowCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The watched folders of the jar as a user runs it; what was asked, and how often, the emulator's record says. */
class FolderDoorIT extends WithFolderServices {
    private static final Duration QUICK_STOP = Duration.ofSeconds(2);
    private static final Duration STOP = Duration.ofSeconds(15);

    @Test
    void threeHundredAtOnce_areAnsweredOnceEach() {
        for (int i = 0; i < 300; i++) {
            ledger.drop(DroppedFile.of(i % 3 == 0 ? JSON : TEXT, "batch/file-#"));
        }
        services.serve(workingDir, Map.of());

        awaitThrough();

        ledger.close();
        assertThat(ledger.summary()).isEqualTo("300 files, 300 calls, 0 calls beyond one per file");
    }

    @Test
    void twoProcessesOnOneFolder_answerOnceEach_andOneThatComesAfterAKillCarriesOn() {
        JarProcess first = services.start(workingDir, Map.of());
        services.serve(workingDir, Map.of());
        first.awaitReady();
        for (int i = 0; i < 100; i++) {
            ledger.drop(DroppedFile.of(TEXT, "shared/file-#", "delay=100ms"));
        }
        await().until(() -> folder.replies() >= 20);

        first.kill();
        Map<String, Integer> finished = services.emulator().calls();
        services.serve(workingDir, Map.of());
        awaitThrough();

        ledger.close();
        Map<String, Integer> calls = services.emulator().calls();
        int again = 0;
        for (DroppedFile file : ledger.dropped()) {
            again += calls.get(file.mark()) - 1;
            assertThat(calls.get(file.mark()))
                    .as("calls for " + file.path())
                    .isLessThanOrEqualTo(finished.containsKey(file.mark()) ? 2 : 1);
        }
        assertThat(again)
                .as("asked twice: no more than the killed one had in work")
                .isLessThanOrEqualTo(4);
    }

    @Test
    void halfCopied_isLeftAlone() throws Exception {
        Duration settle = Duration.ofSeconds(1);
        services.serve(workingDir, Map.of("CARAVAN_FILES_SETTLE", settle.toMillis() + "ms"));
        DroppedFile file = DroppedFile.of(TEXT, "slow-#");

        SlowCopy copy = new SlowCopy(folder.inbox().resolve(file.path()), file.content());
        copy.run(settle.multipliedBy(2));

        assumeThat(copy.longestPause())
                .as("this machine paused the copy for longer than the file had to be unchanged")
                .isLessThan(settle.dividedBy(2));
        await().until(() -> folder.replies() == 1);
        assertThat(services.emulator().calls(file.mark())).isEqualTo(1);
        assertThat(services.emulator().lastBody(file.mark()))
                .contains(SlowCopy.FIRST)
                .contains(SlowCopy.LAST);
    }

    @Test
    void sigterm_keepsJobsThatWaitForTheLimit_andLetsACallInFlightFinish() {
        JarProcess limited = services.serve(workingDir, Map.of("CARAVAN_RATE_LIMIT", "1", "CARAVAN_RATE_WINDOW", "1h"));
        for (int i = 0; i < 3; i++) {
            ledger.drop(DroppedFile.of(TEXT, "waits-#"));
        }
        await().until(() -> folder.replies() == 1 && folder.jobs() == 2);

        limited.terminate();
        assertThat(limited.ended(QUICK_STOP)).as("ended within 2 s").isTrue();
        assertThat(limited.exitStatus()).isIn(0, 128 + 15);
        ledger.look();

        JarProcess unlimited = services.serve(workingDir, Map.of());
        await().until(() -> folder.isThrough());
        DroppedFile inFlight = DroppedFile.of(TEXT, "in-flight-#", "delay=2s");
        ledger.drop(inFlight);
        await().until(() -> services.emulator().calls(inFlight.mark()) == 1);
        unlimited.terminate();

        assertThat(unlimited.ended(STOP)).isTrue();
        ledger.close();
        assertThat(ledger.summary()).isEqualTo("4 files, 4 calls, 0 calls beyond one per file");
    }

    @Test
    void folderThatCannotBeMade_endsTheStartWithALine() throws Exception {
        Files.writeString(workingDir.resolve("files"), "a file");

        JarProcess service = services.start(workingDir, Map.of("CARAVAN_FILES_DIR", "files"));

        assertThat(service.ended(STOP)).isTrue();
        assertThat(service.exitStatus()).isEqualTo(2);
        assertThat(service.log()).contains("caravan.files.dir").doesNotContain("\tat ");
    }

    @Test
    void folderThatCannotBeWritten_endsTheStartWithALine() throws Exception {
        Path readOnly = Files.createDirectory(workingDir.resolve("readonly"));
        assumeThat(readOnly.toFile().setWritable(false) && !Files.isWritable(readOnly))
                .as("this user, such as root, may write into every folder, so it cannot be tried")
                .isTrue();

        JarProcess service = services.start(workingDir, Map.of("CARAVAN_FILES_DIR", "readonly/files"));

        assertThat(service.ended(STOP)).isTrue();
        assertThat(service.exitStatus()).isEqualTo(2);
        assertThat(service.log()).contains("caravan.files.dir").doesNotContain("\tat ");
    }

    /** Looks at the results all the while, as a reader would who must never see half of one. */
    private void awaitThrough() {
        await().until(() -> {
            ledger.look();
            return folder.isThrough();
        });
    }
}
