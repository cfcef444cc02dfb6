package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped {@code routes/files.yaml} as it stands, over a store in memory and a trunk that a test tells what to do. */
class FilesRouteTest {
    private static final String FIRST_STEPS = """
            - route:
                id: files
                from:
                  uri: caravan-files:inbox
                  steps:
                    - process:
                        ref: caravanReadFile
            """;

    private static final String BAD_STEP = """
            - throwException:
                id: my-step
                exceptionType: java.lang.IllegalStateException
                message: PROMPTMARK
            """;

    @TempDir
    Path root;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private FilesDoorUnderTest files;

    @BeforeEach
    void start() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caravan-generate").errorHandler(noErrorHandler()).process(e -> answer("text", e));
                from("direct:caravan-structured").errorHandler(noErrorHandler()).process(e -> answer("structured", e));
            }
        });
        files = new FilesDoorUnderTest(context, root, 1);
    }

    @AfterEach
    void stop() {
        files.close();
    }

    private void answer(String kind, Exchange exchange) {
        LlmRequest request = exchange.getMessage().getBody(LlmRequest.class);
        asked.add(kind);
        RuntimeException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        assertThat(request.onLimit()).isEqualTo(OnLimit.WAIT);
        String id = exchange.getProperty(dev.caravan.trunk.ExchangeKeys.REQUEST_ID, String.class);
        LlmReply reply = reply(id);
        exchange.getMessage().setBody(reply);
        exchange.getProperty(dev.caravan.trunk.ExchangeKeys.REPLY_LISTENER, dev.caravan.trunk.ReplyListener.class)
                .replied(reply);
    }

    static LlmReply reply(String id) {
        return new LlmReply(
                id,
                "m",
                "bedrock",
                "us-east-1",
                "Hello.",
                null,
                StopReason.END_TURN,
                null,
                Usage.of(1L, 2L),
                1,
                Duration.ofMillis(1),
                true,
                List.of(),
                null,
                null);
    }

    private FakeJob finished(String file) {
        await().until(() -> files.store.finished(file));
        await().until(() -> files.door.awaitIdle(Duration.ZERO));
        return files.store.job(file);
    }

    @Test
    void text_isAnswered() throws Exception {
        files.open();
        files.store.drop("a.txt", "Hi");

        FakeJob job = finished("a.txt");

        assertThat(job.steps).containsExactly("keepReply", "writeText", "writeReply", "finish");
        assertThat(job.json().path("text").asText()).isEqualTo("Hello.");
        assertThat(job.json().path("id").asText()).isEqualTo(job.id());
        assertThat(asked).containsExactly("text");
        assertThat(files.log)
                .singleElement()
                .asString()
                .startsWith("id=" + job.id() + " door=files model=- status=200")
                .endsWith(" file=a.txt");
        assertThat(files.metrics.scrape())
                .contains("caravan_requests_total{code=\"none\",door=\"files\",model=\"none\",status=\"200\"} 1.0")
                .contains("caravan_requests_in_flight{door=\"files\"} 0.0")
                .contains("caravan_files_waiting 0.0");
    }

    @Test
    void requestWithASchema_goesToTheStructuredTrunk() throws Exception {
        files.open();
        files.store.drop("a.json", "{\"prompt\": \"Hi\", \"schema_name\": \"invoice\"}");

        finished("a.json");

        assertThat(asked).containsExactly("structured");
    }

    @Test
    void fileThatIsNoRequest_failsWithoutBeingAsked() throws Exception {
        files.open();
        files.store.drop("a.json", "{\"prompt\": \"Hi\", \"temprature\": 1}");

        FakeJob job = finished("a.json");

        assertThat(job.steps).containsExactly("keepProblem", "writeProblem", "finish");
        assertThat(job.json().path("code").asText()).isEqualTo("invalid_request");
        assertThat(job.json().path("detail").asText()).contains("temprature");
        assertThat(job.json().path("request_id").asText()).isEqualTo(job.id());
        assertThat(asked).isEmpty();
        assertThat(files.log).singleElement().asString().contains("status=400").contains("code=invalid_request");
    }

    @Test
    void obstacle_isTheProblem() throws Exception {
        FakeJob job = files.store.leave("a.txt", Job.Outcome.NONE);
        job.obstacle = "outbox/sub is a link and must be a folder";
        files.open();

        finished("a.txt");

        assertThat(job.json().path("detail").asText()).isEqualTo("outbox/sub is a link and must be a folder");
        assertThat(asked).isEmpty();
    }

    @Test
    void failureOfTheTrunk_isTheProblem() throws Exception {
        failures.add(LlmException.of(ErrorKind.PROVIDER_THROTTLED, "slow down"));
        files.open();
        files.store.drop("a.txt", "Hi");

        FakeJob job = finished("a.txt");

        assertThat(job.steps).containsExactly("keepProblem", "writeProblem", "finish");
        assertThat(job.json().path("code").asText()).isEqualTo("provider_throttled");
        assertThat(files.log).singleElement().asString().contains("status=429");
    }

    @Test
    void bug_isInternal_andLoggedWithoutItsMessage() throws Exception {
        failures.add(new IllegalStateException("PROMPTMARK"));
        try (CapturedErr err = new CapturedErr()) {
            files.open();
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.json().path("code").asText()).isEqualTo("internal");
            assertThat(err.text())
                    .contains("Job " + job.id() + " failed in step files-ask: java.lang.IllegalStateException")
                    .doesNotContain("PROMPTMARK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"keepReply", "writeText", "writeReply", "finish"})
    void answerThatTheDiskRefuses_isKeptUntilItCanBeWritten_andPaidOnce(String step) throws Exception {
        files.store.failing.add(step);
        try (CapturedErr err = new CapturedErr()) {
            files.open();
            files.store.drop("a.txt", "Hi");
            await().until(() -> err.text().contains("cannot be written"));
            files.store.drop("b.txt", "waits for the slot, unless the answer is kept");
            files.awaitTick();

            assertThat(files.store.finished("a.txt")).isFalse();
            if (step.equals("keepReply")) {
                assertThat(files.store.jobs).hasSize(1);
            } else {
                await().until(() -> asked.size() == 2);
            }
            files.store.failing.clear();
            files.moveClock(Duration.ofSeconds(11));
            FakeJob job = finished("a.txt");
            finished("b.txt");

            assertThat(job.steps).contains("writeText", "writeReply").endsWith("finish");
            assertThat(job.releases).isZero();
            assertThat(asked).containsExactly("text", "text");
            assertThat(err.text())
                    .containsOnlyOnce("cannot be written; it is kept and tried again: IOException: no space left");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"keepProblem", "writeProblem", "finish"})
    void problemThatTheDiskRefuses_isKeptToo(String step) throws Exception {
        failures.add(LlmException.invalid("no"));
        files.store.failing.add(step);
        try (CapturedErr err = new CapturedErr()) {
            files.open();
            files.store.drop("a.txt", "Hi");
            await().until(() -> err.text().contains("cannot be written"));
            files.store.failing.clear();

            FakeJob job = finished("a.txt");

            assertThat(job.steps).contains("writeProblem").endsWith("finish");
            assertThat(asked).hasSize(1);
        }
    }

    @Test
    void fullCaravan_pausesFolderWork_andTheJobIsAskedAgain() throws Exception {
        failures.add(LlmException.of(ErrorKind.OVERLOADED, "full"));
        try (CapturedErr err = new CapturedErr()) {
            files.open();
            files.store.drop("a.txt", "Hi");
            await().until(() -> err.text().contains("too full"));
            files.store.drop("b.txt", "Hi");
            files.moveClock(Duration.ofSeconds(2));
            files.awaitTick();
            FakeJob job = files.store.job("a.txt");

            assertThat(job.releases).isEqualTo(1);
            assertThat(asked).hasSize(1);
            assertThat(files.log).isEmpty();
            files.moveClock(Duration.ofSeconds(11));

            assertThat(finished("a.txt").steps).containsExactly("keepReply", "writeText", "writeReply", "finish");
            finished("b.txt");
            assertThat(files.log).hasSize(2);
        }
    }

    @Test
    void fileThatCannotBeReadNow_isTriedAgainLater_andOthersGoOn() throws Exception {
        FakeJob job = files.store.leave("a.txt", Job.Outcome.NONE);
        job.unreadable = true;
        files.open();
        await().until(() -> job.releases > 0);
        files.store.drop("b.txt", "Hi");
        finished("b.txt");
        assertThat(job.outcome()).isEqualTo(Job.Outcome.NONE);
        job.unreadable = false;
        files.moveClock(Duration.ofSeconds(11));

        finished("a.txt");
    }

    @Test
    void usersRouteWithoutAResult_failsTheJobAndSaysWhy() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            files.open(FIRST_STEPS);
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.steps).containsExactly("keepProblem", "writeProblem", "finish");
            assertThat(job.json().path("code").asText()).isEqualTo("internal");
            assertThat(err.text()).contains("its route ended without a result");
        }
    }

    @Test
    void usersRouteThatCatchesNothing_failsTheJobWithItsFailure() throws Exception {
        files.open(FIRST_STEPS);
        files.store.drop("a.json", "{}");

        FakeJob job = finished("a.json");

        assertThat(job.json().path("code").asText()).isEqualTo("invalid_request");
        assertThat(job.steps).containsExactly("keepProblem", "writeProblem", "finish");
    }

    @Test
    void usersRouteThatOnlyKeeps_isCompleted_alsoWhenItFailsBehind() throws Exception {
        files.open(FIRST_STEPS
                + "        - to: direct:caravan-generate\n"
                + "        - process:\n            ref: caravanKeepReply\n"
                + "        - throwException:\n"
                + "            exceptionType: java.lang.IllegalStateException\n"
                + "            message: behind\n");
        files.store.drop("a.txt", "Hi");

        FakeJob job = finished("a.txt");

        assertThat(job.steps).containsExactly("keepReply", "writeText", "writeReply", "finish");
        assertThat(files.log).singleElement().asString().contains("status=200");
    }

    /** The shipped route with a step of a user's before another step. */
    static String with(String step, String before) throws IOException {
        StringBuilder route = new StringBuilder();
        List<String> lines = Files.readAllLines(Path.of("routes/files.yaml"));
        for (int i = 0; i < lines.size(); i++) {
            if (i + 1 < lines.size() && lines.get(i + 1).endsWith("id: " + before)) {
                String indent = lines.get(i).substring(0, lines.get(i).indexOf('-'));
                route.append(step.indent(indent.length()));
            }
            route.append(lines.get(i)).append('\n');
        }
        assertThat(route).contains(step.lines().findFirst().orElseThrow());
        return route.toString();
    }

    @Test
    void usersRouteWithoutKeepReply_failsTheJobAndSaysWhatToDo() throws Exception {
        String route = Files.readString(Path.of("routes/files.yaml"))
                .replaceAll("- process:\\n *id: files-keep-reply\\n *ref: caravanKeepReply", "- log: answered");
        try (CapturedErr err = new CapturedErr()) {
            files.open(route);
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.steps).containsExactly("keepProblem", "writeProblem", "finish");
            assertThat(job.json().path("code").asText()).isEqualTo("internal");
            assertThat(asked).hasSize(1);
            assertThat(err.text()).contains("must go through caravanKeepReply").doesNotContain("tried again");
        }
    }

    @Test
    void bodyThatIsNotTheReply_isSaid_andTheReplyIsDelivered() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            files.open(with("- setBody:\n    constant: mine\n", "files-keep-reply"));
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.json().path("text").asText()).isEqualTo("Hello.");
            assertThat(err.text())
                    .containsOnlyOnce("the body at caravanKeepReply must be the reply, not a String")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void bodyThatIsNoReplyWithoutACall_failsTheJob() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            files.open(FIRST_STEPS + "        - process:\n            ref: caravanKeepReply\n");
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.json().path("code").asText()).isEqualTo("internal");
            assertThat(err.text()).contains("must be the reply, not a LlmRequest");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"files-keep-reply", "files-write-text", "files-move-input"})
    void stepOfAUsersThatThrows_isToldInOneLine_withItsId(String before) throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            files.open(with(BAD_STEP, before));
            files.store.drop("a.txt", "Hi");

            FakeJob job = finished("a.txt");

            assertThat(job.steps).startsWith(before.endsWith("reply") ? "keepProblem" : "keepReply");
            assertThat(err.text())
                    .containsOnlyOnce("java.lang.IllegalStateException")
                    .contains("my-step")
                    .doesNotContain("PROMPTMARK")
                    .doesNotContain("\n\tat ")
                    .doesNotContain("cannot be written");
        }
    }

    @Test
    void jobsWithAnOutcome_areCompletedWithoutAsking() throws Exception {
        FakeJob answered = files.store.leave("a.txt", Job.Outcome.REPLY);
        FakeJob failed = files.store.leave("b.txt", Job.Outcome.PROBLEM);
        files.open();

        finished("a.txt");
        finished("b.txt");

        assertThat(answered.steps).endsWith("writeText", "writeReply", "finish");
        assertThat(failed.steps).endsWith("writeProblem", "finish");
        assertThat(asked).isEmpty();
        assertThat(files.log)
                .hasSize(2)
                .first()
                .asString()
                .contains("status=200")
                .contains("attempts=0");
    }
}
