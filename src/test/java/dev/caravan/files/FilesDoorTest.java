package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.support.CapturedErr;
import dev.caravan.support.ParkingStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the door takes and when, with a trunk that holds each job until the test lets it go. */
class FilesDoorTest {
    private static final String ROUTE = """
            - route:
                id: files
                from:
                  uri: caravan-files:inbox
                  steps:
                    - to: direct:park
            """;

    @TempDir
    Path root;

    private final ParkingStep parking = new ParkingStep();
    private FilesDoorUnderTest files;

    @BeforeEach
    void start() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:park").errorHandler(noErrorHandler()).process(parking);
            }
        });
        context.getShutdownStrategy().setTimeout(1);
        files = new FilesDoorUnderTest(context, root, 2);
    }

    @AfterEach
    void stop() {
        files.close();
    }

    private String letGo() {
        String file = JobRun.of(parking.first()).job().file();
        parking.release("over");
        return file;
    }

    @Test
    void asManyJobsAsSlots_theOldestFirst_andTheNextWhenOneIsOver() throws Exception {
        for (int i = 5; i > 0; i--) {
            files.store.drop(i + ".txt", "Hi");
            Files.setLastModifiedTime(files.store.inbox.resolve(i + ".txt"), FileTime.fromMillis(i));
        }
        files.open(ROUTE);
        await().until(() -> parking.count() == 2);
        files.awaitTick();

        assertThat(files.store.jobs).extracting(FakeJob::file).containsExactly("1.txt", "2.txt");
        assertThat(files.metrics.scrape())
                .contains("caravan_files_waiting 3.0")
                .contains("caravan_requests_in_flight{door=\"files\"} 2.0");
        letGo();
        await().until(() -> files.store.jobs.size() == 3 && parking.count() == 2);
        assertThat(files.store.jobs.get(2).file()).isEqualTo("3.txt");
        letGo();
        letGo();
        await().until(() -> parking.count() == 2);
        letGo();
        letGo();
        await().untilAsserted(() -> assertThat(files.log).hasSize(5));
    }

    @Test
    void jobsThatWereLeft_comeBeforeFiles_andLaterOnesAfterTenSeconds() throws Exception {
        files.store.leave("left.txt", Job.Outcome.NONE);
        files.store.leave("left2.txt", Job.Outcome.NONE);
        files.store.drop("new.txt", "Hi");
        files.open(ROUTE);
        await().until(() -> parking.count() == 2);

        assertThat(letGo()).startsWith("left");
        assertThat(letGo()).startsWith("left");
        await().until(() -> parking.count() == 1);
        files.store.leave("crashed.txt", Job.Outcome.NONE);
        files.awaitTick();
        assertThat(parking.count()).isEqualTo(1);
        files.moveClock(Duration.ofSeconds(11));
        await().until(() -> parking.count() == 2);
        letGo();
        letGo();
    }

    @Test
    void fileThatCannotBeClaimed_isToldOnce_andKeepsNoOtherWaiting() throws Exception {
        files.store.failing.add("claim bad.txt");
        try (CapturedErr err = new CapturedErr()) {
            files.store.drop("bad.txt", "Hi");
            files.open(ROUTE);
            await().until(() -> err.text().contains("cannot be taken out of the inbox"));
            files.store.drop("good.txt", "Hi");
            await().until(() -> parking.count() == 1);
            assertThat(letGo()).isEqualTo("good.txt");
            files.store.failing.clear();
            await().until(() -> parking.count() == 1);

            assertThat(letGo()).isEqualTo("bad.txt");
            assertThat(err.text()).containsOnlyOnce("cannot be taken out of the inbox");
        }
    }

    @Test
    void inboxThatHasGone_isMadeAgain() throws Exception {
        files.open(ROUTE);
        try (CapturedErr err = new CapturedErr()) {
            files.foldersFail = true;
            Files.delete(files.store.inbox);
            await().until(() -> err.text().contains("The folders cannot be used"));
            files.foldersFail = false;
            files.awaitTick();
            files.store.drop("a.txt", "Hi");
            await().until(() -> parking.count() == 1);

            assertThat(err.text())
                    .containsOnlyOnce("The folders cannot be used; it is tried again: IOException: read-only");
            letGo();
        }
    }

    @Test
    void adoptionThatFails_isToldOnceAndTriedAgain_andFilesAreTakenMeanwhile() throws Exception {
        files.store.failing.add("adopt");
        try (CapturedErr err = new CapturedErr()) {
            files.open(ROUTE);
            files.store.drop("a.txt", "Hi");
            await().until(() -> parking.count() == 1);
            assertThat(err.text()).containsOnlyOnce("cannot be taken over");
            files.store.failing.clear();
            files.store.leave("left.txt", Job.Outcome.NONE);
            files.moveClock(Duration.ofSeconds(11));
            await().until(() -> parking.count() == 2);
            letGo();
            letGo();
        }
    }

    @Test
    void routeThatIsStopped_takesNothing_finishesItsJobs_andCanBeStartedAgain() throws Exception {
        files.open(ROUTE);
        files.store.drop("a.txt", "Hi");
        await().until(() -> parking.count() == 1);
        Thread stopping = new Thread(() -> {
            try {
                files.context.getRouteController().stopRoute("files", 20, java.util.concurrent.TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        stopping.start();
        await().until(() -> !files.door.taking());
        files.store.drop("b.txt", "Hi");
        letGo();
        stopping.join();

        assertThat(files.store.finished("a.txt")).isTrue();
        assertThat(files.store.jobs).hasSize(1);
        files.context.getRouteController().startRoute("files");
        await().until(() -> parking.count() == 1);
        assertThat(letGo()).isEqualTo("b.txt");
        await().until(() -> files.store.finished("b.txt"));
    }

    @Test
    void stop_takesNothingMore_releasesWhatIsNotBegun_andCutsOffTheRest() throws Exception {
        for (String name : new String[] {"a", "b", "c"}) {
            files.store.leave(name + ".txt", Job.Outcome.NONE);
        }
        files.open(ROUTE);
        await().until(() -> parking.count() == 2);

        files.door.stopTaking();
        files.store.drop("late.txt", "Hi");

        assertThat(files.store.job("c.txt").releases).isEqualTo(1);
        assertThat(files.door.awaitIdle(Duration.ofMillis(1))).isFalse();
        files.door.cancelInWork();
        letGo();
        letGo();
        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.jobs).hasSize(3).allMatch(job -> job.releases == 1 && job.outcome() == Job.Outcome.NONE);
        files.door.close();
        assertThat(files.store.closed).isTrue();
        try (Stream<Path> names = Files.list(files.store.inbox)) {
            assertThat(names).hasSize(1);
        }
    }

    /** A job that has failed, with an outcome that cannot even be kept. */
    private FakeJob unkept(CapturedErr err) throws Exception {
        files.store.failing.add("keepProblem");
        files.open(ROUTE);
        files.store.drop("a.txt", "Hi");
        await().until(() -> parking.count() == 1);
        letGo();
        await().until(() -> err.text().contains("cannot be written"));
        return files.store.job("a.txt");
    }

    @Test
    void outcomeInMemoryOnly_holdsTheStopUp_untilItsTimeIsOver() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            FakeJob job = unkept(err);

            files.door.stopTaking();
            assertThat(files.door.awaitIdle(Duration.ofMillis(200))).isFalse();
            files.door.cancelInWork();

            assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
            assertThat(job.releases).isEqualTo(1);
            assertThat(err.text()).contains("stops before its result is in its place");
        }
    }

    @Test
    void outcomeInMemoryOnly_isWrittenInTheTimeOfAStop() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            unkept(err);
        }
        files.door.stopTaking();
        files.store.failing.clear();

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.finished("a.txt")).isTrue();
    }

    @Test
    void outcomeInMemoryThatCanBeKeptInAStop_isLeftForTheNextStart() throws Exception {
        FakeJob job;
        try (CapturedErr err = new CapturedErr()) {
            job = unkept(err);
        }
        files.door.stopTaking();
        files.store.failing.add("writeProblem");
        files.store.failing.remove("keepProblem");

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(job.releases).isEqualTo(1);
    }

    @Test
    void keptOutcomesThatCannotBePlaced_holdNoSlot_andNoStop() throws Exception {
        for (String name : new String[] {"a", "b", "c"}) {
            files.store.leave(name + ".txt", Job.Outcome.REPLY);
        }
        files.store.failing.add("writeReply");
        files.open(ROUTE);
        files.store.drop("well.txt", "Hi");
        await().until(() -> parking.count() == 1);
        assertThat(letGo()).isEqualTo("well.txt");
        await().until(() -> files.store.finished("well.txt"));

        files.door.stopTaking();

        assertThat(files.door.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(files.store.job("a.txt").releases).isEqualTo(1);
        assertThat(files.store.job("c.txt").releases).isEqualTo(1);
    }

    @Test
    void keptOutcomes_areTriedAgain_untilTheyArePlaced() throws Exception {
        files.store.leave("a.txt", Job.Outcome.REPLY);
        files.store.failing.add("writeReply");
        try (CapturedErr err = new CapturedErr()) {
            files.open(ROUTE);
            await().until(() -> err.text().contains("cannot be written"));
            files.store.failing.clear();
            files.moveClock(Duration.ofSeconds(11));
            await().until(() -> files.store.finished("a.txt"));

            assertThat(err.text()).containsOnlyOnce("cannot be written");
        }
    }

    @Test
    void noStartedRoute_isSaid() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            files.open(ROUTE.replace("id: files\n", "id: files\n    autoStartup: false\n"));

            assertThat(err.text()).containsOnlyOnce("Nothing takes the files of the inbox");
            assertThat(files.door.takesFiles()).isFalse();
        }
    }
}
