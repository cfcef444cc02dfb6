package dev.caravan.component;

import dev.caravan.config.Settings;
import dev.caravan.config.SettingsException;
import dev.caravan.config.SettingsReader;
import dev.caravan.config.SettingsSources;
import dev.caravan.emulator.EmbeddedBedrock;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueException;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.ModelResolver;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockTarget;
import dev.caravan.provider.bedrock.ModeDecision;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Parts;
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
public final class EmbeddedTrunk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedTrunk.class);
    private static final int EVENT_LOOPS = 1;
    private static final String PREFIX = "caravan.";

    private final Parts parts = new Parts();

    private EmbeddedTrunk() {}

    /**
     * With the properties of the context, the environment and {@code -D}.
     *
     * @throws Exception for wrong settings, with a line per problem, or what Camel throws for the routes; nothing is
     *     left open
     */
    static EmbeddedTrunk open(CamelContext context) throws Exception {
        return open(
                context, SettingsSources.embedded(hostProperties(context), System.getenv(), System.getProperties()));
    }

    /**
     * With settings from these places; the context's own properties do not count.
     *
     * @param context has no trunk yet
     * @throws dev.caravan.config.SettingsException for wrong settings, with a line per problem
     * @throws Exception what Camel throws for the routes; nothing is left open
     */
    public static EmbeddedTrunk open(CamelContext context, SettingsSources sources) throws Exception {
        EmbeddedTrunk embedded = new EmbeddedTrunk();
        try {
            embedded.openParts(context, sources);
            return embedded;
        } catch (Exception e) {
            embedded.close();
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    private void openParts(CamelContext context, SettingsSources sources) throws Exception {
        SettingsReader.Loaded loaded = SettingsReader.read(sources);
        loaded.warnings().forEach(LOG::warn);
        Settings settings = loaded.settings();
        Catalogue catalogue = catalogue(settings);
        ModeDecision.Decision decision = ModeDecision.decide(settings, false);
        decision.warning().ifPresent(LOG::warn);
        Vertx vertx = OwnVertx.create(EVENT_LOOPS);
        parts.onClose(vertx::close);
        Workers workers = parts.keep(Workers.create("caravan", settings.http().maxConcurrent()));
        BedrockTarget target = decision.embedded() ? embedded(settings, catalogue, vertx) : BedrockTarget.aws();
        BedrockProvider provider = parts.keep(BedrockProvider.open(settings, target, vertx, Clock.systemUTC()));
        ModelResolver resolver = new ModelResolver(
                catalogue, settings.model(), settings.bedrock().profile(), provider.region());
        parts.keep(new Trunk(settings, resolver, provider, workers)).addTo(context);
    }

    private static Catalogue catalogue(Settings settings) {
        try {
            return CatalogueReader.read(settings.catalogue());
        } catch (CatalogueException e) {
            SettingsException wrong = new SettingsException(e.problems());
            wrong.initCause(e);
            throw wrong;
        }
    }

    /** Its port is closed with the Vert.x instance. */
    private static BedrockTarget embedded(Settings settings, Catalogue catalogue, Vertx vertx) throws Exception {
        return EmbeddedBedrock.start(vertx, settings.emulatorPort(), catalogue.all())
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .target();
    }

    /** With the host's placeholders resolved; a value may be another object than a string. */
    private static Map<String, String> hostProperties(CamelContext context) {
        // Not with a filter, which leaves out values that are no strings.
        Properties properties = context.getPropertiesComponent().loadProperties();
        Map<String, String> texts = new HashMap<>();
        for (Object name : properties.keySet()) {
            if (name.toString().startsWith(PREFIX)) {
                String value = String.valueOf(properties.get(name));
                texts.put(name.toString(), context.resolvePropertyPlaceholders(value));
            }
        }
        return texts;
    }

    @Override
    public void close() {
        parts.close();
    }
}
