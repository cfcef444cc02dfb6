package dev.caravan.component;

import dev.caravan.config.Settings;
import dev.caravan.config.SettingsReader;
import dev.caravan.config.SettingsSources;
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
 * properties, the environment and {@code -D}; there is no embedded Bedrock unless the settings ask for it by an
 * endpoint.
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
        if (settings.bedrock().mode() == Settings.Mode.EMBEDDED) {
            throw new IllegalArgumentException("caravan.bedrock.mode = embedded: a host application has no embedded"
                    + " Bedrock; start one by `java -jar caravan.jar emulator` and set caravan.bedrock.endpoint");
        }
        ModeDecision.decide(settings, false).warning().ifPresent(LOG::warn);
        Vertx vertx = OwnVertx.create(EVENT_LOOPS);
        Workers workers = Workers.create("caravan", settings.http().maxConcurrent());
        BedrockProvider provider = BedrockProvider.open(settings, BedrockTarget.aws(), vertx, Clock.systemUTC());
        ModelResolver resolver = new ModelResolver(
                CatalogueReader.read(settings.catalogue()),
                settings.model(),
                settings.bedrock().profile(),
                provider.region());
        EmbeddedTrunk embedded =
                new EmbeddedTrunk(vertx, workers, provider, new Trunk(settings, resolver, provider, workers));
        embedded.trunk.addTo(context);
        return embedded;
    }

    private static Map<String, String> hostProperties(CamelContext context) {
        Properties properties = context.getPropertiesComponent().loadProperties(key -> key.startsWith("caravan."));
        Map<String, String> texts = new HashMap<>();
        properties.forEach((key, value) -> texts.put(key.toString(), value.toString()));
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
