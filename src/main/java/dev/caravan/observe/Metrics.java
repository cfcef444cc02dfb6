package dev.caravan.observe;

import dev.caravan.chat.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/**
 * Caravan's own numbers, in a registry of its own. Thread-safe; recording allocates little and takes no lock.
 *
 * <p>Labels come from closed sets only: doors, statuses, codes of the error table, ids of the catalogue.
 */
public final class Metrics implements AutoCloseable {
    /** Content type of {@link #scrape()}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String NONE = "none";
    private static final Duration[] DURATIONS =
            millis(1, 5, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000);
    private static final Duration[] OVERHEADS = micros(
            50, 100, 200, 350, 500, 750, 1000, 2000, 3500, 5000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000,
            1_000_000);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final UnaryOperator<String> modelLabel;
    private final Map<Labels, Counter> requests = new ConcurrentHashMap<>();
    private final Map<String, Timer> durations = new ConcurrentHashMap<>();
    private final Map<String, Timer> overheads = new ConcurrentHashMap<>();
    private final Map<String, Timer> firstParts = new ConcurrentHashMap<>();
    private final Counter upstreamCalls;
    private final Counter unknownModels;
    private final Map<String, Counter> tokens = new ConcurrentHashMap<>();
    private final Map<StructuredAnswer, Counter> structuredAnswers = new ConcurrentHashMap<>();

    private record Labels(String door, int status, String code, String model) {}

    /**
     * @param modelLabel turns an id that was called (prefix, ARN, or a name nobody knows) into the catalogue's id,
     *     or into one fixed word for all others; a caller's own text must not come out of it
     */
    public Metrics(UnaryOperator<String> modelLabel) {
        this.modelLabel = modelLabel;
        this.upstreamCalls = Counter.builder("caravan.upstream.calls")
                .description("Calls made to providers, each attempt counted")
                .register(registry);
        this.unknownModels = Counter.builder("caravan.unknown.models")
                .description("Requests for models outside the catalogue")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** Shows how many requests of a door are in work; to be called once per door. */
    public void inFlight(String door, IntSupplier count) {
        Gauge.builder("caravan.requests.in.flight", count, IntSupplier::getAsInt)
                .description("Requests in work")
                .tag("door", door)
                .strongReference(true)
                .register(registry);
    }

    /** Shows how many files stand in the inbox that no job has taken yet; to be called once. */
    public void waitingFiles(IntSupplier count) {
        Gauge.builder("caravan.files.waiting", count, IntSupplier::getAsInt)
                .description("Files in the inbox that wait for a job")
                .strongReference(true)
                .register(registry);
    }

    public void record(FinishedRequest request) {
        CallFacts call = request.call();
        String model = call == null || call.model() == null ? NONE : modelLabel.apply(call.model());
        String code = request.code() == null ? NONE : request.code();
        requests.computeIfAbsent(new Labels(request.door(), request.status(), code, model), this::requests)
                .increment();
        durations
                .computeIfAbsent(request.door(), door -> timer("caravan.request.duration", door, DURATIONS))
                .record(request.total());
        if (call != null) {
            record(request, call);
        }
    }

    private void record(FinishedRequest request, CallFacts call) {
        upstreamCalls.increment(call.attempts());
        if (call.unknownModel() != null) {
            unknownModels.increment();
        }
        Usage usage = call.usage();
        count("input", usage.inputTokens());
        count("output", usage.outputTokens());
        count("cache_read", usage.cacheReadTokens());
        count("cache_write", usage.cacheWriteTokens());
        call.structuredAnswers()
                .forEach(answer -> structuredAnswers
                        .computeIfAbsent(answer, this::structuredAnswers)
                        .increment());
        if (call.firstPart() != null) {
            firstParts
                    .computeIfAbsent(request.door(), door -> timer("caravan.time.to.first.part", door, DURATIONS))
                    .record(call.firstPart());
        }
        if (request.inWork() != null) {
            Duration overhead = request.inWork().minus(call.upstreamTime());
            overheads
                    .computeIfAbsent(request.door(), door -> timer("caravan.overhead", door, OVERHEADS))
                    .record(overhead.isNegative() ? Duration.ZERO : overhead);
        }
    }

    private void count(String direction, Long count) {
        if (count != null) {
            tokens.computeIfAbsent(direction, this::tokens).increment(count);
        }
    }

    private Counter requests(Labels labels) {
        return Counter.builder("caravan.requests")
                .description("Requests that are over")
                .tag("door", labels.door())
                .tag("status", Integer.toString(labels.status()))
                .tag("code", labels.code())
                .tag("model", labels.model())
                .register(registry);
    }

    private Counter tokens(String direction) {
        return Counter.builder("caravan.tokens")
                .description("Tokens as the providers reported them")
                .tag("direction", direction)
                .register(registry);
    }

    private Counter structuredAnswers(StructuredAnswer answer) {
        return Counter.builder("caravan.structured.answers")
                .description("Answers of models that were to be valid against a schema")
                .tag("mode", answer.mode().word())
                .tag("result", answer.result().word())
                .register(registry);
    }

    private Timer timer(String name, String door, Duration[] buckets) {
        return Timer.builder(name)
                .tag("door", door)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /** All numbers in Prometheus's text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private static Duration[] millis(long... values) {
        return Arrays.stream(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private static Duration[] micros(long... values) {
        return Arrays.stream(values)
                .mapToObj(value -> Duration.ofNanos(value * 1000))
                .toArray(Duration[]::new);
    }
}
