package dev.caravan.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.SpecVersionDetector;
import dev.caravan.chat.LlmReply;
import dev.caravan.config.Settings;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.ExchangeKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.component.jsonvalidator.JsonUriSchemaLoader;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of {@code routes/report.yaml}: name the day's report, see whether it is due, make its prompt, write its files,
 * tell a failure in one line.
 */
public final class ReportSteps {
    /** Name of the schema that the report is valid against; a user's own takes the place of the shipped one. */
    static final String SCHEMA = "report";

    private static final Logger LOG = LoggerFactory.getLogger(ReportSteps.class);
    private static final String DOOR = "report";
    private static final String RUN = "CaravanReport";
    /** Named by the route. */
    private static final String CHECKED_BY = "CaravanReportSchema";

    /** What the trunk finds wrong with a request, or a model with its parameters. */
    private static final Set<ErrorKind> OF_REQUESTS = EnumSet.of(ErrorKind.INVALID_REQUEST, ErrorKind.MODEL_NOT_FOUND);

    /** @param told whether the log has its end */
    private record Run(ReportFile file, LocalDate day, String id, Instant begin, AtomicBoolean told) {
        static Run of(Exchange exchange) {
            return exchange.getProperty(RUN, Run.class);
        }
    }

    private final boolean enabled;
    private final Path folder;
    private final ReportPrompt prompt;
    private final Function<String, JsonNode> schemas;
    private final Consumer<FinishedRequest> finished;
    private final Clock clock;
    private final Supplier<String> ids;
    private final AtomicReference<Run> inWork = new AtomicReference<>();

    /**
     * @param schemas the schema of a name as it is written
     * @param finished hears of each report that was asked for
     * @param clock its zone says when a day begins
     * @param ids a new id for each request
     */
    ReportSteps(
            Settings settings,
            Function<String, JsonNode> schemas,
            Consumer<FinishedRequest> finished,
            Clock clock,
            Supplier<String> ids) {
        this.enabled = settings.reportEnabled();
        this.folder = settings.files().dir();
        this.prompt =
                new ReportPrompt(settings.routesDir(), schemasDir(settings).resolve(SCHEMA + ".schema.json"));
        this.schemas = schemas;
        this.finished = finished;
        this.clock = clock;
        this.ids = ids;
    }

    /** Alone there always is one; a host that binds these steps need not have any. */
    private static Path schemasDir(Settings settings) {
        return settings.schemasDir().orElse(Path.of("schemas"));
    }

    /** Binds the beans that {@code routes/report.yaml} names. */
    public static void bind(
            Main main, Settings settings, Function<String, JsonNode> schemas, Consumer<FinishedRequest> finished) {
        ReportSteps steps = new ReportSteps(
                settings, schemas, finished, Clock.systemDefaultZone(), () -> DOOR + "_" + UUID.randomUUID());
        steps.bind(main::bind);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                starting.getCamelContext().addLifecycleStrategy(new LifecycleStrategySupport() {
                    @Override
                    public void onContextStopped(CamelContext context) {
                        steps.cutOff();
                    }
                });
            }
        });
    }

    /** Takes a bean by its name. */
    interface Binding {
        void bind(String name, Object bean);
    }

    void bind(Binding binding) {
        binding.bind("caravanReportName", (Processor) this::name);
        binding.bind("caravanReportDue", (Predicate) this::isDue);
        binding.bind("caravanReportPrompt", (Processor) this::prompt);
        binding.bind("caravanReportSchema", (JsonUriSchemaLoader) this::schema);
        binding.bind("caravanWriteReport", (Processor) this::write);
        binding.bind("caravanReportFailed", (Processor) this::failed);
    }

    /** Camel has stopped and lets nothing go on: a run that was still under way is told here. */
    private void cutOff() {
        Run run = inWork.get();
        if (run != null && run.told().compareAndSet(false, true)) {
            LOG.warn(
                    "{} was still in work when Caravan stopped, and is asked for again at the next start",
                    run.file().name());
        }
    }

    private void name(Exchange exchange) {
        Instant now = clock.instant();
        LocalDate day = LocalDate.ofInstant(now, clock.getZone());
        Run run = new Run(new ReportFile(folder, "report-" + day), day, ids.get(), now, new AtomicBoolean());
        exchange.setProperty(RUN, run);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                release(run.file());
            }
        });
    }

    private static void release(ReportFile file) {
        try {
            file.release();
        } catch (IOException e) {
            LOG.warn("{} could not be given free: {}", file.name(), LogText.of(e));
        }
    }

    /**
     * Never without the setting: the doors that only warm up have none, whatever a route's autoStartup reads. When it is due,
     * this run alone works at it until its exchange is done.
     */
    private boolean isDue(Exchange exchange) {
        ReportFile file = Run.of(exchange).file();
        if (!enabled || file.exists()) {
            return false;
        }
        if (!file.claim()) {
            LOG.info("{} is left to another process, which is at it", file.name());
            return false;
        }
        // Who was at it may have finished it since the first look.
        return !file.exists();
    }

    /** All that can be known to fail does so here, before the call. */
    private void prompt(Exchange exchange) {
        Run run = Run.of(exchange);
        inWork.set(run);
        run.file().requireWritable();
        String schema = schemas.apply(SCHEMA).toString();
        exchange.setProperty(ExchangeKeys.REQUEST_ID, run.id());
        exchange.getMessage().setBody(prompt.of(run.day()));
        exchange.setProperty(CHECKED_BY, "report-" + UUID.nameUUIDFromBytes(schema.getBytes(StandardCharsets.UTF_8)));
    }

    /** For {@code json-validator:}, which reads a schema once for each address. */
    private JsonSchema schema(CamelContext context, String address) {
        JsonNode schema = schemas.apply(SCHEMA);
        VersionFlag version =
                SpecVersionDetector.detectOptionalVersion(schema, false).orElse(VersionFlag.V202012);
        return JsonSchemaFactory.getInstance(version).getSchema(schema);
    }

    private void write(Exchange exchange) throws InvalidPayloadException {
        Run run = Run.of(exchange);
        LlmReply reply = exchange.getMessage().getMandatoryBody(LlmReply.class);
        byte[] text = ReportText.of(reply.data()).getBytes(StandardCharsets.UTF_8);
        boolean written = run.file().write(text, Json.write(ReplyWriter.write(reply)));
        run.told().set(true);
        if (written) {
            LOG.info("{} is in {}", run.file().name(), folder.resolve("outbox"));
        } else {
            LOG.info(
                    "{} was written by another process meanwhile; this answer is dropped",
                    run.file().name());
        }
        tell(exchange, run, 200, null);
    }

    /** Content is in no message of ours; those of others are told by their types. */
    private void failed(Exchange exchange) {
        Run run = Run.of(exchange);
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (!run.told().compareAndSet(false, true)) {
            return;
        }
        LlmException failure = ReportTrouble.failure(cause);
        if (exchange.getProperty(CHECKED_BY) != null && OF_REQUESTS.contains(failure.kind()) && prompt.isOwn()) {
            failure = prompt.named(failure);
        }
        LOG.warn(
                "{} failed and is tried again later: {}: {}",
                run.file().name(),
                failure.kind().code(),
                failure.getMessage());
        tell(exchange, run, failure.kind().status(), failure.kind().code());
    }

    private void tell(Exchange exchange, Run run, int status, String code) {
        Duration total = Duration.between(run.begin(), clock.instant());
        CallFacts call = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);
        finished.accept(new FinishedRequest(
                run.id(), DOOR, status, code, call, run.file().name(), total, total));
    }
}
