package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.OnLimit;
import dev.caravan.config.SettingsException;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.BedrockTestServer;
import dev.caravan.support.CapturedErr;
import dev.caravan.trunk.Trunk;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Opening, closing, and calls that end early. */
@Timeout(60)
class ClientLifecycleTest {
    private static final String SLOW = "x\n@emulator delay=50s";

    @TempDir
    Path dir;

    private ClientHarness harness;

    @BeforeEach
    void open() {
        harness = new ClientHarness();
    }

    @AfterEach
    void close() {
        harness.close();
    }

    /** A server that keeps its callers waiting. */
    private BedrockTestServer silent(CountDownLatch reached) {
        BedrockTestServer server = new BedrockTestServer(harness.emulator().vertx());
        server.answer(request -> reached.countDown());
        return server;
    }

    @Test
    void interruptOfTheCaller_cutsTheCallOff() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        try (BedrockTestServer server = silent(reached);
                LlmClient client = ClientHarness.bare()
                        .property("caravan.bedrock.endpoint", server.uri().toString())
                        .build()) {
            Thread caller = new Thread(() -> {
                thrown.set(catchThrowable(() -> client.generate("x")));
                flag.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

            caller.interrupt();
            caller.join(20_000);

            assertThat(thrown.get()).isInstanceOf(CancellationException.class);
            assertThat(flag).isTrue();
            Awaitility.await().until(() -> server.closedConnections() == 1);
        }
    }

    @Test
    void callerThatIsInterruptedAlready_asksNothing() {
        try (LlmClient client = harness.builder().build()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.generate("x")).isInstanceOf(CancellationException.class);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(harness.calls()).isZero();
        }
    }

    @Test
    void interruptedThread_opensAndClosesAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        LlmClient client = harness.builder().build();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();

        client.close();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void interruptWhileOpening_isACancellation_andLeavesNothingOpen() {
        Thread caller = Thread.currentThread();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Map<String, String> interrupting = new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, String>> entrySet() {
                caller.interrupt();
                return Set.of();
            }
        };

        Throwable thrown =
                catchThrowable(() -> harness.builder().environment(interrupting).build());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isInstanceOf(CancellationException.class).hasMessage("Interrupted while opening");
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .noneMatch(thread -> thread.getName().matches("(caravan|vert.x).*")));
    }

    @Test
    void interruptWhileClosing_isKept() {
        Thread caller = Thread.currentThread();
        LlmClient client = harness.builder().build();
        client.generateAsync(SLOW).whenComplete((reply, failure) -> caller.interrupt());

        client.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> client.generate("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void wrongCatalogue_isAWrongSetting() {
        assertThatThrownBy(() -> harness.builder()
                        .property("caravan.catalogue", "/nonexistent.yaml")
                        .build())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("nonexistent.yaml");
    }

    @Test
    void cancelledFuture_cutsTheCallOff() throws Exception {
        CountDownLatch reached = new CountDownLatch(2);
        try (BedrockTestServer server = silent(reached);
                LlmClient client = ClientHarness.bare()
                        .property("caravan.bedrock.endpoint", server.uri().toString())
                        .build()) {
            CompletableFuture<?> first = client.generateAsync("x");
            CompletableFuture<?> second = client.generateAsync("y");
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

            first.cancel(true);
            second.orTimeout(1, TimeUnit.MILLISECONDS);

            Awaitility.await().until(() -> server.closedConnections() == 2);
            assertThat(first).isCancelled();
        }
    }

    @Test
    void closeWithCallsUnderWay_endsThemWithOverloaded() throws Exception {
        LlmClient client =
                harness.builder().property("caravan.rate-limit.requests", "1").build();
        CompletableFuture<?> asked = client.generateAsync(SLOW);
        CompletableFuture<?> structured =
                CompletableFuture.supplyAsync(() -> client.generateStructured(SLOW, Integer.class));
        Awaitility.await().until(() -> harness.calls() == 1);
        CompletableFuture<?> waiting = client.generateAsync("z", CallOptions.of(o -> o.onLimit(OnLimit.WAIT)));

        client.close();

        assertThat(kind(waiting)).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(kind(asked)).isIn(ErrorKind.OVERLOADED, ErrorKind.RATE_LIMITED);
        assertThat(kind(structured)).isIn(ErrorKind.OVERLOADED, ErrorKind.RATE_LIMITED);
        client.close();
        assertThatThrownBy(() -> client.generate("x")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.generateAsync("x")).isInstanceOf(IllegalStateException.class);
    }

    private static ErrorKind kind(CompletableFuture<?> call) {
        Throwable failure = catchThrowable(() -> call.get(20, TimeUnit.SECONDS)).getCause();
        assertThat(failure).isInstanceOf(LlmException.class);
        return ((LlmException) failure).kind();
    }

    @Test
    void callsBeyondTheBound_areRefused() {
        List<CompletableFuture<LlmReply>> calls = new ArrayList<>();
        try (LlmClient client = harness.builder()
                .property("caravan.rate-limit.requests", "1")
                .defaults(o -> o.onLimit(OnLimit.WAIT))
                .build()) {
            for (int i = 0; i < 1024; i++) {
                calls.add(client.generateAsync(SLOW));
            }
            assertThatThrownBy(() -> client.generate("one more"))
                    .isInstanceOf(LlmException.class)
                    .hasMessageContaining("1024 calls under way");
        }
        assertThat(calls).allMatch(CompletableFuture::isDone);
    }

    @Test
    void closeWithCallsUnderWay_saysNothingInTheLog() {
        try (CapturedErr log = new CapturedErr()) {
            LlmClient client = harness.builder().build();
            client.generateAsync(SLOW);
            Awaitility.await().until(() -> harness.calls() == 1);
            client.close();
            assertThat(log.text()).doesNotContain("hutdown").doesNotContain("shutting down");
        }
    }

    @Test
    void closedClient_leavesNoThreads() {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        harness.builder().build().close();
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !others.contains(thread))
                        .noneMatch(thread -> thread.getName().startsWith("caravan")));
    }

    @Test
    void twoClients_haveTheirOwnSettingsAndEnds() {
        try (LlmClient one = harness.builder().build();
                LlmClient two = harness.builder().model("claude-3-opus").build()) {
            assertThat(one.generate("x").model()).contains("haiku");
            one.close();
            assertThat(two.generate("x").model()).contains("opus");
        }
    }

    @Test
    void clientOfAContext_usesItsTrunkAndLeavesItAlone() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Properties properties = new Properties();
            properties.setProperty("caravan.bedrock.mode", "embedded");
            properties.setProperty("caravan.model", "claude-haiku");
            context.getPropertiesComponent().setOverrideProperties(properties);
            context.start();
            LlmClient client = LlmClients.of(context, CallOptions.of(o -> o.maxTokens(9)));
            Trunk trunk = Trunk.of(context);
            assertThat(client.generate("Say a lot of words, please").usage().outputTokens())
                    .isLessThanOrEqualTo(9);
            CompletableFuture<?> call = client.generateAsync(SLOW);
            Awaitility.await().until(() -> context.getInflightRepository().size() > 0);

            client.close();

            assertThat(kind(call)).isEqualTo(ErrorKind.OVERLOADED);
            assertThat(Trunk.of(context)).isSameAs(trunk);
            try (LlmClient other = LlmClients.of(context)) {
                assertThat(other.generate("Hello").text()).contains("Hello");
                context.stop();
                assertThatThrownBy(() -> other.generate("Hello"))
                        .isInstanceOfSatisfying(
                                LlmException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED));
                context.start();
                assertThat(other.generate("Hello again").text()).contains("Hello again");
                assertThat(other.generateStructured("Hello", Integer.class)).isNotNull();
            }
        }
    }

    @Test
    void wrongSettings_areAllNamed() {
        assertThatThrownBy(() -> ClientHarness.bare()
                        .property("caravan.temprature", "1")
                        .property("caravan.retry.max", "99")
                        .region("nowhere!")
                        .properties(Map.of("spring.name", "x"))
                        .build())
                .isInstanceOfSatisfying(
                        SettingsException.class, e -> assertThat(e.problems()).hasSize(3));
        assertThatThrownBy(() -> LlmClients.builder().property("model", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wrongSettingsOfAContext_areNamed() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Properties properties = new Properties();
            properties.setProperty("caravan.retry.max", "99");
            context.getPropertiesComponent().setOverrideProperties(properties);
            assertThatThrownBy(() -> LlmClients.of(context)).isInstanceOf(SettingsException.class);
        }
    }

    @Test
    void groq_isRefusedWithTheReason() {
        assertThatThrownBy(() -> LlmClients.builder()
                        .environment(Map.of("USE_GROQ", "True"))
                        .build())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("USE_GROQ")
                .hasMessageContaining("this version does not have it yet");
    }

    @Test
    void sourcesCount_programThenEnvironmentThenSystemProperties() {
        Properties system = new Properties();
        LlmClients.Builder builder = harness.builder().model("claude-3-opus");
        try (LlmClient client = builder.build()) {
            assertThat(client.generate("x").model()).contains("opus");
        }
        builder.environment(Map.of("AWS_BEARER_TOKEN_BEDROCK", "token", "BEDROCK_MODEL_ID", "nova-pro"));
        try (LlmClient client = builder.build()) {
            assertThat(client.generate("x").model()).contains("nova-pro");
        }
        system.setProperty("caravan.model", "nova-lite");
        try (LlmClient client = builder.systemProperties(system).build()) {
            assertThat(client.generate("x").model()).contains("nova-lite");
        }
    }

    @Test
    void withoutCredentials_itOpensWithAWarningAndEachCallIsDenied() {
        Map<String, String> nothing = Map.of(
                "AWS_CONFIG_FILE", "/nonexistent",
                "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent",
                "AWS_EC2_METADATA_DISABLED", "true");
        try (CapturedErr log = new CapturedErr();
                LlmClient client = ClientHarness.bare().environment(nothing).build()) {
            assertThat(log.text()).contains("No AWS credentials were found");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> client.generate("x"))
                        .isInstanceOfSatisfying(
                                LlmException.class,
                                e -> assertThat(e.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED));
            }
        }
    }

    /** A program of its own, in a folder whose files would stop Caravan run alone. */
    @Test
    void programThatForgetsToClose_endsAndReadsNoFileOfItsFolder() throws Exception {
        Files.writeString(dir.resolve("application.properties"), "caravan.nonsense=1\n");
        Files.writeString(dir.resolve(".env"), "CARAVAN_MAX_RETRIES=wrong\n");
        Files.writeString(Files.createDirectory(dir.resolve("schemas")).resolve("invoice.schema.json"), "nonsense");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        "-Dcaravan.bedrock.mode=embedded",
                        Forgetful.class.getName())
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("Hello", "invoice: data").doesNotContain("WARN ");
        assertThat(process.exitValue()).isZero();
        try (var files = Files.list(dir)) {
            assertThat(files).hasSize(3);
        }
    }

    private static String absolute(String classPath) {
        return java.util.stream.Stream.of(classPath.split(File.pathSeparator))
                .map(part -> Path.of(part).toAbsolutePath().toString())
                .collect(java.util.stream.Collectors.joining(File.pathSeparator));
    }

    /** Asks and returns. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] args) {
            LlmClient client = LlmClients.create();
            System.out.println(client.generate("Hello").text());
            System.out.println("invoice: "
                    + (client.generateStructured("Invoice 7", AnswerType.named("invoice")) == null ? "none" : "data"));
        }
    }
}
