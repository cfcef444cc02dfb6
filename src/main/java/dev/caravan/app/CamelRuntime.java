package dev.caravan.app;

import dev.caravan.config.Settings;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.files.FilesDoor;
import dev.caravan.files.ReportSteps;
import dev.caravan.http.DialectSteps;
import dev.caravan.http.HttpDoor;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.trunk.Trunk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.ShutdownStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Camel Main with the trunk, the doors' YAML routes and the steps that these name. */
final class CamelRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CamelRuntime.class);
    private static final String PROPERTIES =
            "file:application.properties;optional=true,classpath:dev/caravan/application.properties";

    private static final Set<String> WITHOUT_FOLDERS = Set.of("files.yaml", "report.yaml");

    /** A number of Camel's: after all other sources. */
    private static final String FALLBACK = "1";

    /** Of the trunk's routes, which are not the user's. */
    private static final String OWN_ROUTES = "caravan:";

    /** Camel looks once a second whether the routes are done. */
    private static final Duration TIME_TO_FORCE = Duration.ofSeconds(2);

    private final Main main;
    private final Trunk trunk;
    private volatile boolean cutOff;

    private CamelRuntime(Main main, Trunk trunk) {
        this.main = main;
        this.trunk = trunk;
    }

    /**
     * What routes are made of; without the folder door its shipped routes are left out.
     *
     * @param finished takes each request of a schedule when it is over
     */
    record Doors(Trunk trunk, HttpDoor http, Optional<FilesDoor> files, Consumer<FinishedRequest> finished) {}

    /**
     * @param effective what {@code {{key}}} in routes means, whatever the files say
     * @throws StartException when a route file is broken
     */
    static CamelRuntime start(Settings settings, Map<String, String> effective, Doors doors) {
        Main main = new Main();
        RouteFiles files = new RouteFiles(settings.routesDir(), doors.files().isPresent() ? Set.of() : WITHOUT_FOLDERS);
        // Signals are the service's: it closes the doors first.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setPropertyPlaceholderLocations(PROPERTIES);
        // By itself Camel takes a variable of a key's name before what is in force.
        main.addInitialProperty("camel.component.properties.environmentVariableMode", FALLBACK);
        effective.forEach(main::addOverrideProperty);
        DialectSteps steps = new DialectSteps(CaravanDialect.plain());
        main.bind("caravanReadRequest", steps.readRequest());
        main.bind("caravanReadStructured", new DialectSteps(CaravanDialect.structured()).readRequest());
        main.bind("caravanWriteReply", steps.writeReply());
        main.bind("caravanWriteProblem", steps.writeProblem());
        ReportSteps.bind(main, settings, doors.trunk()::schema, doors.finished());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                install(main, files, doors);
            }
        });
        try {
            main.start();
        } catch (Exception e) {
            main.stop();
            throw RouteProblem.of(e, files::fileOf);
        }
        return new CamelRuntime(main, doors.trunk());
    }

    private static void install(Main main, RouteFiles files, Doors doors) {
        CamelContext context = main.getCamelContext();
        try {
            doors.http().bind(context);
            doors.files().ifPresent(door -> door.bind(context));
            doors.trunk().addTo(context);
            files.load(context).forEach(main.configure()::addRoutesBuilder);
        } catch (Exception e) {
            throw RouteProblem.of(e, files::fileOf);
        }
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    /** Stops the routes, which get so long to finish; then calls under way are cut off. */
    void stop(Duration timeout) {
        ShutdownStrategy strategy = context().getShutdownStrategy();
        strategy.setTimeUnit(TimeUnit.MILLISECONDS);
        strategy.setTimeout(timeout.plus(TIME_TO_FORCE).toMillis());
        strategy.setSuppressLoggingOnTimeout(true);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(CamelRuntime::daemon);
        // Before Camel forces the stop: from then on it runs no step any more, those that tell a failure neither.
        timer.schedule(this::cutOff, timeout.toNanos(), TimeUnit.NANOSECONDS);
        try {
            main.stop();
        } finally {
            timer.shutdownNow();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "caravan-cut-off");
        thread.setDaemon(true);
        return thread;
    }

    private void cutOff() {
        List<String> routes = routesInWork();
        if (!routes.isEmpty()) {
            cutOff = true;
            LOG.warn(
                    "Routes were still in work after caravan.shutdown.timeout: {}; they are cut off, and what they"
                            + " were at is not done. A longer CARAVAN_SHUTDOWN_TIMEOUT lets them finish",
                    String.join(", ", routes));
        }
        trunk.endCalls();
    }

    private List<String> routesInWork() {
        InflightRepository inflight = context().getInflightRepository();
        return context().getRoutes().stream()
                .map(Route::getRouteId)
                .filter(id -> !id.startsWith(OWN_ROUTES) && inflight.size(id) > 0)
                .sorted()
                .toList();
    }

    /** Whether routes were cut off by {@link #stop}. */
    boolean wasCutOff() {
        return cutOff;
    }

    @Override
    public void close() {
        main.stop();
    }
}
