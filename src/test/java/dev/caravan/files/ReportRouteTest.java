package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.runtime.Json;
import dev.caravan.support.CapturedErr;
import dev.caravan.support.TestSettings;
import dev.caravan.trunk.Trunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.AdviceWithRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/report.yaml} as it stands, fired by hand on a day of our own, with the embedded Bedrock. */
class ReportRouteTest {
    private static final Instant LATE = Instant.parse("2026-03-01T23:30:00Z");

    @TempDir
    Path dir;

    private final CamelContext context = new DefaultCamelContext();
    private final Properties properties = new Properties();
    private final List<FinishedRequest> finished = new ArrayList<>();
    private Path outbox;
    private Path routes;
    private Path schemas;
    private Instant now = LATE;

    @BeforeEach
    void folders() throws IOException {
        outbox = dir.resolve("files").resolve("outbox");
        // A name in which a % or # would mean something, if it were a URI.
        routes = Files.createDirectory(dir.resolve("my routes 100%25 #1"));
        schemas = Files.createDirectory(dir.resolve("schemas"));
        properties.setProperty("caravan.bedrock.mode", "embedded");
        properties.setProperty("caravan.schemas.dir", schemas.toString());
        properties.setProperty("caravan.report.enabled", "true");
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void firing_writesTheReportOfTheDay_forPeopleAndWhole() throws Exception {
        start();

        fire();

        JsonNode reply = Json.read(Files.readAllBytes(outbox.resolve("report-2026-03-01.reply.json")));
        String text = Files.readString(outbox.resolve("report-2026-03-01.reply.txt"));
        assertThat(reply.at("/data/points").isArray()).isTrue();
        assertThat(reply.path("emulated").asBoolean()).isTrue();
        assertThat(reply.path("id").asText()).isEqualTo("run-1");
        assertThat(text).startsWith(reply.at("/data/title").asText() + "\n\n");
        assertThat(text).contains("\n- " + reply.at("/data/points/0").asText() + "\n");
        assertThat(namesInOutbox()).hasSize(2);
        assertThat(finished).singleElement().satisfies(request -> {
            assertThat(request.door()).isEqualTo("report");
            assertThat(request.id()).isEqualTo("run-1");
            assertThat(request.status()).isEqualTo(200);
            assertThat(request.file()).isEqualTo("report-2026-03-01");
            assertThat(request.call().attempts()).isEqualTo(1);
        });
    }

    @Test
    void secondFiringOfADay_paysNothing() throws Exception {
        start();
        fire();
        byte[] first = Files.readAllBytes(outbox.resolve("report-2026-03-01.reply.json"));

        fire();

        assertThat(finished).hasSize(1);
        assertThat(outbox.resolve("report-2026-03-01.reply.json")).hasBinaryContent(first);
    }

    @Test
    void nextDay_hasItsOwn_andWaitsForTheLimit() throws Exception {
        properties.setProperty("caravan.rate-limit.requests", "1");
        properties.setProperty("caravan.rate-limit.window", "500ms");
        start();

        fire();
        now = LATE.plusSeconds(3_600);
        fire();

        assertThat(finished).extracting(FinishedRequest::status).containsExactly(200, 200);
        assertThat(namesInOutbox())
                .contains(
                        "report-2026-03-01.reply.json", "report-2026-03-02.reply.json", "report-2026-03-02.reply.txt");
    }

    @Test
    void templateOfTheUsersFolder_takesThePlaceOfTheShippedOne() throws Exception {
        Files.writeString(
                routes.resolve("report.prompt.txt"), "---\nmodel: claude-3-haiku\n---\nA report of {date}, please.");
        List<String> prompts = new ArrayList<>();
        start(exchange -> prompts.add(exchange.getMessage()
                .getBody(LlmRequest.class)
                .messages()
                .get(0)
                .text()));

        fire();

        assertThat(prompts).containsExactly("A report of 2026-03-01, please.");
        assertThat(Json.read(Files.readAllBytes(outbox.resolve("report-2026-03-01.reply.json")))
                        .path("model")
                        .asText())
                .contains("claude-3-haiku");
    }

    @Test
    void schemaOfTheUsersFolder_holdsForCallAndStep_alsoWhenItChanges() throws Exception {
        Path schema = schemas.resolve("report.schema.json");
        start();

        Files.writeString(schema, object("weather"));
        fire();
        Files.writeString(schema, object("mood"));
        now = LATE.plusSeconds(3_600);
        fire();

        assertThat(finished).extracting(FinishedRequest::status).containsExactly(200, 200);
        assertThat(outbox.resolve("report-2026-03-01.reply.txt")).content().contains("\"weather\" : ");
        assertThat(outbox.resolve("report-2026-03-02.reply.txt")).content().contains("\"mood\" : ");
    }

    @Test
    void callThatFails_isOneLineAndTriedAgain() throws Exception {
        Path template = routes.resolve("report.prompt.txt");
        Files.writeString(template, "---\nmax_retries: 0\n---\nSECRET\n@emulator error=ThrottlingException");
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("report-2026-03-01 failed and is tried again later: provider_throttled: ");
        assertThat(log).doesNotContain("SECRET").doesNotContain("\tat ");
        assertThat(log.lines()).hasSize(1);
        assertThat(namesInOutbox()).isEmpty();
        assertThat(finished).singleElement().satisfies(request -> {
            assertThat(request.status()).isEqualTo(429);
            assertThat(request.code()).isEqualTo("provider_throttled");
        });

        Files.delete(template);
        fire();
        assertThat(namesInOutbox()).hasSize(2);
    }

    @Test
    void answerThatStaysInvalid_leavesNothing() throws Exception {
        Files.writeString(routes.resolve("report.prompt.txt"), "x\n@emulator text=SECRET");
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("structured_output_invalid").doesNotContain("SECRET");
        assertThat(log.lines()).hasSize(1);
        assertThat(namesInOutbox()).isEmpty();
    }

    @Test
    void answerThatTheStepRefuses_leavesNothing() throws Exception {
        start(
                "report-check",
                exchange -> exchange.getMessage()
                        .setBody(withData(
                                exchange.getMessage().getBody(LlmReply.class),
                                Json.object().put("SECRET", 1))));

        String log = logOf(this::fire);

        assertThat(log).contains("structured_output_invalid: json-validator").doesNotContain("SECRET");
        assertThat(namesInOutbox()).isEmpty();
    }

    @Test
    void reportThatAnotherProcessWroteMeanwhile_isNotOverwritten() throws Exception {
        start("report-write", exchange -> {
            Files.writeString(outbox.resolve("report-2026-03-01.reply.txt"), "theirs");
            Files.writeString(outbox.resolve("report-2026-03-01.reply.json"), "{}");
        });

        fire();

        assertThat(outbox.resolve("report-2026-03-01.reply.txt")).hasContent("theirs");
        assertThat(outbox.resolve("report-2026-03-01.reply.json")).hasContent("{}");
        assertThat(namesInOutbox()).hasSize(2);
    }

    @Test
    void textThatACrashLeft_isNoReport() throws Exception {
        Files.createDirectories(outbox);
        Files.writeString(outbox.resolve("report-2026-03-01.reply.txt"), "half of a report");
        start();

        fire();

        assertThat(outbox.resolve("report-2026-03-01.reply.txt")).content().doesNotContain("half");
        assertThat(outbox.resolve("report-2026-03-01.reply.json")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"outbox", "template", "schema"})
    void whatIsWrongBeforeTheCall_isKnownBeforeItIsPaidFor(String what) throws Exception {
        switch (what) {
            case "outbox" -> {
                Files.createDirectories(outbox.getParent());
                Files.writeString(outbox, "a file in its place");
            }
            case "template" -> Files.writeString(routes.resolve("report.prompt.txt"), "---\nmodell: x\n---\nHello");
            default -> Files.writeString(schemas.resolve("report.schema.json"), "{");
        }
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("report-2026-03-01 failed").doesNotContain("\tat ");
        assertThat(finished)
                .singleElement()
                .satisfies(request -> assertThat(request.call()).isNull());
    }

    @Test
    void withoutTheSetting_theRouteIsNotStarted() throws Exception {
        properties.setProperty("caravan.report.enabled", "False");
        load();

        context.start();

        assertThat(context.getRouteController().getRouteStatus("report")).isEqualTo(ServiceStatus.Stopped);
    }

    @Test
    void withoutTheSetting_noReportIsDue() throws Exception {
        properties.setProperty("caravan.report.enabled", "false");
        start();
        context.getRouteController().startRoute("report");

        fire();

        assertThat(finished).isEmpty();
        assertThat(outbox).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"schema_name: invoice", "schema: {type: object}"})
    void schemaInTheTemplate_isRefusedBeforeTheCall(String field) throws Exception {
        Path template = routes.resolve("report.prompt.txt");
        Files.writeString(template, "---\n" + field + "\n---\nHello");
        start();

        String log = logOf(this::fire);

        assertThat(log)
                .contains("invalid_request: " + template + ": schema, schema_name: leave them out here.")
                .contains(schemas.resolve("report.schema.json") + ".");
        assertNotAsked();
    }

    @Test
    void otherFieldsInTheTemplate_count() throws Exception {
        Files.writeString(routes.resolve("report.prompt.txt"), "---\nmax_repairs: 0\nmax_tokens: 900\n---\nHello");
        List<LlmRequest> asked = new ArrayList<>();
        start(exchange -> asked.add(exchange.getMessage().getBody(LlmRequest.class)));

        fire();

        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.maxTokens()).isEqualTo(900);
            assertThat(request.structured().maxRepairs()).isZero();
        });
        assertThat(finished)
                .singleElement()
                .satisfies(request -> assertThat(request.status()).isEqualTo(200));
    }

    @ParameterizedTest
    @CsvSource({
        "empty, : The file is empty",
        "blank, : The file is blank",
        "fields, : The file has front matter but no text",
        "latin, : The file is not UTF-8",
        "folder, ' cannot be read: it is a folder'",
        "link, ' cannot be read: it is a link to something that is not there'"
    })
    void templateThatIsNone_isToldByItsPath(String what, String words) throws Exception {
        Path template = routes.resolve("report.prompt.txt");
        switch (what) {
            case "empty" -> Files.createFile(template);
            case "blank" -> Files.writeString(template, " \n\n");
            case "fields" -> Files.writeString(template, "---\nmax_tokens: 9\n---\n");
            case "latin" -> Files.write(template, new byte[] {'c', (byte) 0xe9});
            case "folder" -> Files.createDirectory(template);
            default -> Files.createSymbolicLink(template, dir.resolve("nowhere"));
        }
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("invalid_request: " + template + words).doesNotContain("java.");
        assertThat(log.lines()).hasSize(1);
        assertNotAsked();
    }

    @Test
    void modelOfTheTemplateThatIsUnknown_isToldWithTheTemplate() throws Exception {
        Path template = routes.resolve("report.prompt.txt");
        Files.writeString(template, "---\nmodel: nonesuch\n---\nHello");
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("model_not_found: ").contains(" (The request is made of " + template + ".)");
    }

    @Test
    void folderThatCannotBeWritten_isToldByItsPath() throws Exception {
        Files.createDirectories(outbox.getParent());
        Files.writeString(outbox, "a file in its place");
        start();

        String log = logOf(this::fire);

        assertThat(log).contains("overloaded: " + outbox + " cannot be written: something else has that name");
        assertThat(log).doesNotContain("java.");
    }

    @Test
    void reportThatAnotherOneIsAt_isLeftToIt_untilThatEnds() throws Exception {
        ReportFile theirs = new ReportFile(outbox.getParent(), "report-2026-03-01");
        start();

        assertThat(theirs.claim()).isTrue();
        fire();
        assertThat(finished).isEmpty();

        theirs.release();
        fire();
        assertThat(finished).hasSize(1);
        assertThat(theirs.claim()).isTrue();
        theirs.release();
    }

    @Test
    void reportIsHeld_whileItIsAskedFor() throws Exception {
        ReportFile other = new ReportFile(outbox.getParent(), "report-2026-03-01");
        List<Boolean> taken = new ArrayList<>();
        start(exchange -> {
            taken.add(other.claim());
            fire();
        });

        fire();

        assertThat(taken).containsExactly(false);
        assertThat(finished).hasSize(1);
    }

    @Test
    void reportThatTheStopCutsOff_isOneLineAndDueAgain() throws Exception {
        AtomicBoolean stopping = new AtomicBoolean(true);
        start(exchange -> {
            if (stopping.get()) {
                throw LlmException.of(ErrorKind.OVERLOADED, "Caravan is stopping, or its routes are stopped.");
            }
        });

        String log = logOf(this::fire);
        stopping.set(false);
        fire();

        assertThat(log.lines())
                .singleElement()
                .asString()
                .endsWith("report-2026-03-01 failed and is tried again later: overloaded:"
                        + " Caravan is stopping, or its routes are stopped.");
        assertThat(finished).extracting(FinishedRequest::status).containsExactly(503, 200);
    }

    private void assertNotAsked() {
        assertThat(finished)
                .singleElement()
                .satisfies(request -> assertThat(request.call()).isNull());
    }

    private interface Firing {
        void run() throws Exception;
    }

    private static String logOf(Firing firing) throws Exception {
        try (CapturedErr log = new CapturedErr()) {
            firing.run();
            return log.text();
        }
    }

    private void fire() {
        assertThat(context.createProducerTemplate()
                        .send("direct:fire", exchange -> {})
                        .getException())
                .isNull();
    }

    private void start() throws Exception {
        start(exchange -> {});
    }

    private void start(Processor beforeTheCall) throws Exception {
        start("report-ask", beforeTheCall);
    }

    private void start(String step, Processor before) throws Exception {
        load();
        AdviceWith.adviceWith(context, "report", (AdviceWithRouteBuilder route) -> {
            route.replaceFromWith("direct:fire");
            route.weaveById(step).before().process(before);
        });
        context.start();
    }

    private void load() throws Exception {
        context.getPropertiesComponent().setOverrideProperties(properties);
        new ReportSteps(
                        TestSettings.of(
                                "caravan.report.enabled=" + properties.getProperty("caravan.report.enabled"),
                                "caravan.files.dir=" + outbox.getParent(),
                                "caravan.schemas.dir=" + schemas,
                                "caravan.routes.dir=" + routes),
                        name -> Trunk.of(context).schema(name),
                        finished::add,
                        clock(),
                        () -> "run-" + (finished.size() + 1))
                .bind(context.getRegistry()::bind);
        context.addRoutes(PluginHelper.getRoutesLoader(context)
                .findRoutesBuilders(ResourceHelper.resolveMandatoryResource(context, "file:routes/report.yaml"))
                .iterator()
                .next());
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    private List<String> namesInOutbox() throws IOException {
        try (Stream<Path> files = Files.list(outbox)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String object(String property) {
        return "{\"type\": \"object\", \"properties\": {\"" + property
                + "\": {\"type\": \"string\"}}, \"required\": [\"" + property + "\"], \"additionalProperties\": false}";
    }

    private static LlmReply withData(LlmReply reply, JsonNode data) {
        return new LlmReply(
                reply.id(),
                reply.model(),
                reply.provider(),
                reply.region(),
                reply.text(),
                reply.reasoning(),
                reply.stopReason(),
                reply.stopReasonRaw(),
                reply.usage(),
                reply.attempts(),
                reply.latency(),
                reply.emulated(),
                reply.toolCalls(),
                data,
                reply.validation());
    }
}
