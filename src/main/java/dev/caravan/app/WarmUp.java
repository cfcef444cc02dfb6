package dev.caravan.app;

import dev.caravan.config.Settings;
import dev.caravan.emulator.EmbeddedBedrock;
import dev.caravan.http.HttpDoor;
import dev.caravan.http.HttpLimits;
import dev.caravan.model.Catalogue;
import dev.caravan.model.ModelResolver;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.Metrics;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Workers;
import dev.caravan.trunk.Trunk;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a few questions of a second set of HTTP door, trunk and emulator on loopback ports before the real doors open, so
 * that the first caller does not wait for classes to load. Nothing of it touches AWS, the limit, the metrics or the
 * log; whatever fails here is no reason not to start.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final String HOST = "127.0.0.1";
    private static final Buffer QUESTION =
            Buffer.buffer("{\"prompt\": \"Hello\", \"metadata\": {\"for\": \"warm-up\"}}");
    private static final Buffer STREAM = Buffer.buffer("{\"prompt\": \"Hello\", \"stream\": true}");
    private static final List<Buffer> QUESTIONS = List.of(QUESTION, QUESTION, QUESTION, STREAM);
    private static final Path NO_FOLDER = Path.of("/nonexistent");

    private final Settings settings;
    private final Catalogue catalogue;
    private final Vertx vertx;
    private final Workers workers;

    private WarmUp(Settings settings, Catalogue catalogue, Vertx vertx, Workers workers) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.vertx = vertx;
        this.workers = workers;
    }

    /** Begins on a thread of its own; the future ends when the warm-up is over, however it went. */
    static CompletableFuture<Void> begin(Settings settings, Catalogue catalogue, Vertx vertx, Workers workers) {
        WarmUp warmUp = new WarmUp(plain(settings), catalogue, vertx, workers);
        return CompletableFuture.runAsync(warmUp::run, task -> {
            Thread thread = new Thread(task, "caravan-warm-up");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** Any port, no guards, no limit, none of the user's routes and schemas, whose mistakes are told once. */
    private static Settings plain(Settings settings) {
        Settings.Http http = new Settings.Http(
                0,
                HOST,
                List.of(),
                List.of(),
                settings.http().maxBody(),
                settings.http().maxConcurrent(),
                settings.http().ping());
        return new Settings(
                settings.bedrock(),
                settings.model(),
                settings.temperature(),
                settings.maxTokens(),
                new Settings.RateLimit(0, settings.rateLimit().window()),
                settings.retry(),
                settings.timeout(),
                http,
                0,
                0,
                NO_FOLDER,
                Optional.empty(),
                settings.catalogue(),
                settings.files(),
                false,
                settings.shutdownTimeout(),
                settings.aws());
    }

    private void run() {
        EmbeddedBedrock bedrock = null;
        try {
            bedrock = Waiting.on(EmbeddedBedrock.start(vertx, 0, catalogue.all()), "the warm-up has no emulator");
            ask(bedrock);
        } catch (RuntimeException | IOException e) {
            LOG.debug("The warm-up failed", e);
        } finally {
            if (bedrock != null) {
                bedrock.close();
            }
        }
    }

    private void ask(EmbeddedBedrock bedrock) throws IOException {
        try (BedrockProvider provider = BedrockProvider.open(settings, bedrock.target(), vertx, Clock.systemUTC());
                Metrics metrics = new Metrics(UnaryOperator.identity());
                Trunk trunk = new Trunk(settings, resolver(provider), provider, workers);
                HttpDoor door = new HttpDoor(
                        settings.http(),
                        new HttpDoor.Parts(
                                vertx, workers, metrics, new AccessLog(line -> {}), true, HttpLimits.DEFAULT));
                CamelRuntime camel = CamelRuntime.start(
                        settings, Map.of(), new CamelRuntime.Doors(trunk, door, Optional.empty(), request -> {}))) {
            door.open();
            HttpClient client = vertx.createHttpClient();
            for (Buffer question : QUESTIONS) {
                client.request(HttpMethod.POST, door.actualPort(), HOST, "/v1/generate")
                        .compose(request -> request.send(question))
                        .compose(response -> response.body())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
            }
            client.close();
        } catch (CompletionException e) {
            LOG.debug("A question of the warm-up failed", e);
        }
    }

    private ModelResolver resolver(BedrockProvider provider) {
        return new ModelResolver(catalogue, settings.model(), settings.bedrock().profile(), provider.region());
    }
}
