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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.ShutdownStrategy;

/** Camel Main with the trunk, the doors' YAML routes and the steps that these name. */
final class CamelRuntime implements AutoCloseable {
    private static final String PROPERTIES =
            "file:application.properties;optional=true,classpath:dev/caravan/application.properties";

    private static final Set<String> WITHOUT_FOLDERS = Set.of("files.yaml", "report.yaml");

    /** A number of Camel's: after all other sources. */
    private static final String FALLBACK = "1";

    private final Main main;

    private CamelRuntime(Main main) {
        this.main = main;
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
        return new CamelRuntime(main);
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

    /** The longest time that routes get to finish when it is closed. */
    void timeToStop(Duration timeout) {
        ShutdownStrategy strategy = context().getShutdownStrategy();
        strategy.setTimeUnit(TimeUnit.MILLISECONDS);
        strategy.setTimeout(timeout.toMillis());
        strategy.setSuppressLoggingOnTimeout(true);
    }

    @Override
    public void close() {
        main.stop();
    }
}
