package dev.caravan.component;

import dev.caravan.config.Settings;
import dev.caravan.config.SettingsReader;
import dev.caravan.config.SettingsSources;
import dev.caravan.emulator.EmbeddedBedrock;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.ModelResolver;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockTarget;
import dev.caravan.provider.bedrock.ModeDecision;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Workers;
import dev.caravan.trunk.Trunk;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trunk inside a host application, with threads and connections of its own. Settings come from the host's
 * properties, the environment and {@code -D}; there is an embedded Bedrock only when {@code caravan.bedrock.mode} says
 * so by name.
 */
final class EmbeddedTrunk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedTrunk.class);
    private static final int EVENT_LOOPS = 1;

    private final Vertx vertx;
    private final Workers workers;
    private final BedrockProvider provider;
    private final Trunk trunk;

    private EmbeddedTrunk(Vertx vertx, Workers workers, BedrockProvider provider, Trunk trunk) {
        this.vertx = vertx;
        this.workers = workers;
        this.provider = provider;
        this.trunk = trunk;
    }

    /** @throws Exception for wrong settings, with a line per problem, or what Camel throws for the routes */
    static EmbeddedTrunk open(CamelContext context) throws Exception {
        SettingsReader.Loaded loaded = SettingsReader.read(
                SettingsSources.embedded(hostProperties(context), System.getenv(), System.getProperties()));
        loaded.warnings().forEach(LOG::warn);
        Settings settings = loaded.settings();
        Catalogue catalogue = CatalogueReader.read(settings.catalogue());
        ModeDecision.Decision decision = ModeDecision.decide(settings, false);
        decision.warning().ifPresent(LOG::warn);
        Vertx vertx = OwnVertx.create(EVENT_LOOPS);
        Workers workers = Workers.create("caravan", settings.http().maxConcurrent());
        BedrockTarget target = decision.embedded() ? embedded(settings, catalogue, vertx) : BedrockTarget.aws();
        BedrockProvider provider = BedrockProvider.open(settings, target, vertx, Clock.systemUTC());
        ModelResolver resolver = new ModelResolver(
                catalogue, settings.model(), settings.bedrock().profile(), provider.region());
        EmbeddedTrunk embedded =
                new EmbeddedTrunk(vertx, workers, provider, new Trunk(settings, resolver, provider, workers));
        embedded.trunk.addTo(context);
        return embedded;
    }

    /** Its port is closed with the Vert.x instance. */
    private static BedrockTarget embedded(Settings settings, Catalogue catalogue, Vertx vertx) throws Exception {
        return EmbeddedBedrock.start(vertx, settings.emulatorPort(), catalogue.all())
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .target();
    }

    private static Map<String, String> hostProperties(CamelContext context) {
        Properties properties = context.getPropertiesComponent().loadProperties(key -> key.startsWith("caravan."));
        Map<String, String> texts = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            texts.put(name, properties.getProperty(name));
        }
        return texts;
    }

    @Override
    public void close() {
        trunk.close();
        provider.close();
        workers.close();
        vertx.close();
    }
}
