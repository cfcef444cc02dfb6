package dev.caravan.app;

import dev.caravan.chat.LlmRequest;
import dev.caravan.config.Settings;
import dev.caravan.config.SettingsException;
import dev.caravan.config.SettingsReader;
import dev.caravan.config.SettingsSources;
import dev.caravan.error.LlmException;
import dev.caravan.files.FilesDoor;
import dev.caravan.format.ModelFormats;
import dev.caravan.http.HttpDoor;
import dev.caravan.http.HttpLimits;
import dev.caravan.http.ManagementServer;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueException;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.ModelResolver;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.observe.Health;
import dev.caravan.observe.HealthState;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Parts;
import dev.caravan.runtime.Workers;
import dev.caravan.trunk.Trunk;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that runs when Caravan runs alone; made and opened by {@link #start}, taken down by {@link #close}. */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(1);

    private final Settings settings;
    private final Map<String, String> effective;
    private final boolean defaultFilesDir;
    private final Parts parts = new Parts();
    private Bedrock bedrock;
    private HttpDoor door;
    private FilesDoor files;
    private ManagementServer management;
    private CamelRuntime camel;
    private HealthState state;
    private Trunk trunk;
    private volatile boolean cutOff;

    private Service(SettingsReader.Loaded loaded) {
        this.settings = loaded.settings();
        this.effective = loaded.effective();
        this.defaultFilesDir = loaded.defaultFilesDir();
    }

    /**
     * Starts and opens the doors.
     *
     * @throws StartException with lines for the user and an exit status; nothing is left running
     */
    public static Service start(SettingsSources sources) {
        SettingsReader.Loaded loaded;
        try {
            loaded = SettingsReader.read(sources);
        } catch (SettingsException e) {
            e.warnings().forEach(LOG::warn);
            throw StartException.wrongInput(e.problems(), e);
        }
        loaded.warnings().forEach(LOG::warn);
        Service service = new Service(loaded);
        try {
            service.open();
            return service;
        } catch (RuntimeException e) {
            service.parts.close();
            throw e;
        }
    }

    private void open() {
        ListenAddress.require(
                "caravan.http.host", "CARAVAN_HOST", settings.http().host());
        Catalogue catalogue = catalogue();
        Vertx vertx = OwnVertx.create(OwnVertx.eventLoops());
        parts.onClose(vertx::close);
        Workers workers = parts.keep(Workers.create(
                "caravan", settings.http().maxConcurrent() + settings.files().concurrent()));
        CompletableFuture<Void> warmUp = WarmUp.begin(settings, catalogue, vertx, workers);
        bedrock = parts.keep(Bedrock.open(settings, catalogue, vertx));
        ModelResolver resolver = new ModelResolver(
                catalogue,
                settings.model(),
                settings.bedrock().profile(),
                bedrock.provider().region());
        requireKnownDefault(resolver);
        trunk = parts.keep(new Trunk(settings, resolver, bedrock.provider(), workers));
        Metrics metrics = parts.keep(new Metrics(UnaryOperator.identity()));
        boolean emulated = bedrock.provider().emulated();
        state = new HealthState(emulated);
        AccessLog accessLog = parts.keep(Logging.accessLog());
        door = parts.keep(new HttpDoor(
                settings.http(), new HttpDoor.Parts(vertx, workers, metrics, accessLog, emulated, HttpLimits.DEFAULT)));
        files = parts.keep(FilesDoor.create(
                settings.files(), settings.http().maxBody(), new FilesDoor.Parts(workers, metrics, accessLog)));
        makeFolders();
        Consumer<FinishedRequest> finished = request -> {
            metrics.record(request);
            accessLog.log(request);
        };
        camel = parts.keep(CamelRuntime.start(
                settings, effective, new CamelRuntime.Doors(trunk, door, Optional.of(files), finished)));
        Health health = new Health(state, camel.context());
        door.health(health);
        Pages.install(door, catalogue, resolver, emulated);
        management = parts.keep(new ManagementServer(
                vertx, settings.http().host(), settings.managementPort(), HttpLimits.DEFAULT, health, metrics));
        warmUp.join();
        openPorts();
        files.open();
        state.opened();
        Banner.log(settings, bedrock, files.takesFiles());
    }

    private Catalogue catalogue() {
        try {
            return CatalogueReader.read(settings.catalogue());
        } catch (CatalogueException e) {
            throw StartException.wrongInput(e.problems(), e);
        }
    }

    /** A default that no request could use is a wrong setting, not a 404 for each caller. */
    private void requireKnownDefault(ModelResolver resolver) {
        try {
            ModelFormats.of(
                    resolver.resolve(null).model(), LlmRequest.ofPrompt("?").build());
        } catch (LlmException e) {
            throw StartException.wrongInput(List.of("caravan.model = " + settings.model() + ": " + e.getMessage()), e);
        }
    }

    /** A folder that nobody has asked for is no reason not to start: the door tries on, and says so. */
    private void makeFolders() {
        try {
            files.makeFolders();
        } catch (IOException e) {
            if (!defaultFilesDir) {
                throw StartException.wrongInput(
                        List.of("caravan.files.dir = " + settings.files().dir() + ": " + e.getMessage()
                                + "; set CARAVAN_FILES_DIR to a folder that can be made and written"),
                        e);
            }
        }
    }

    private void openPorts() {
        openPort(management::open, "CARAVAN_MANAGEMENT_PORT");
        openPort(door::open, "CARAVAN_PORT");
    }

    private interface Opening {
        void open() throws IOException;
    }

    private static void openPort(Opening opening, String variable) {
        try {
            opening.open();
        } catch (IOException e) {
            throw StartException.failed(e.getMessage() + "; set " + variable + " to another port, or to 0 for any", e);
        }
    }

    public int port() {
        return door.actualPort();
    }

    public int managementPort() {
        return management.actualPort();
    }

    /** The one line that says where it listens. */
    String readyLine() {
        return Banner.ready(
                settings, port(), managementPort(), bedrock.provider().emulated());
    }

    /** Takes nothing new, lets what is in flight finish, and ends. */
    @Override
    public void close() {
        Duration timeout = settings.shutdownTimeout();
        long end = System.nanoTime() + timeout.toNanos();
        state.stopping();
        door.stopAccepting();
        files.stopTaking();
        trunk.endUnpaidWaits(timeout);
        try {
            if (!awaitIdle(end)) {
                cutOff();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Duration left = Duration.ofNanos(end - System.nanoTime());
        camel.stop(left.isNegative() ? Duration.ZERO : left);
        cutOff |= camel.wasCutOff();
        parts.close();
    }

    private void cutOff() throws InterruptedException {
        boolean requests = !door.awaitIdle(Duration.ZERO);
        boolean paid = trunk.hasPaidCalls() || files.holdsUnkept();
        cutOff = requests || paid;
        String what = requests ? "Requests were" : paid ? "Files that were asked for were" : "Files were";
        LOG.warn(
                "{} still in work after caravan.shutdown.timeout ({} ms); they are cut off, files are carried on at"
                        + " the next start{}. A longer CARAVAN_SHUTDOWN_TIMEOUT lets them finish",
                what,
                settings.shutdownTimeout().toMillis(),
                paid ? ", and what was asked may be paid for all the same" : "");
        door.cancelInFlight();
        files.cancelInWork();
        awaitIdle(System.nanoTime() + TIME_TO_ANSWER.toNanos());
    }

    /** Whether the stop lost something: a request, a route's work, or an answer that was or may have been paid for. */
    boolean wasCutOff() {
        return cutOff;
    }

    private boolean awaitIdle(long endNanos) throws InterruptedException {
        return door.awaitIdle(Duration.ofNanos(endNanos - System.nanoTime()))
                && files.awaitIdle(Duration.ofNanos(endNanos - System.nanoTime()));
    }
}
