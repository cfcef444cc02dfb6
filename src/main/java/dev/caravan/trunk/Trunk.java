package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.Settings;
import dev.caravan.model.ModelResolver;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Workers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.aws2.bedrock.runtime.BedrockComponent;
import org.apache.camel.component.aws2.bedrock.runtime.BedrockConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline behind all doors. Added to a CamelContext it gives {@value #GENERATE} and {@value #STRUCTURED}: body in as
 * {@link RequestIntake} describes, body out {@link dev.caravan.chat.LlmReply}, failures {@link
 * dev.caravan.error.LlmException}. A context has one trunk.
 */
public final class Trunk implements AutoCloseable {
    public static final String GENERATE = TrunkRoutes.GENERATE;
    public static final String STRUCTURED = TrunkRoutes.STRUCTURED;

    private static final Logger LOG = LoggerFactory.getLogger(Trunk.class);

    private final WaitScheduler scheduler = new WaitScheduler();
    private final Settings settings;
    private final BedrockProvider provider;
    private final TrunkSteps steps;
    private CamelContext context;
    private ContextRoutes routes;
    private volatile boolean closed;

    public Trunk(Settings settings, ModelResolver resolver, BedrockProvider provider, Workers workers) {
        this(
                settings,
                resolver,
                provider,
                workers,
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    Trunk(
            Settings settings,
            ModelResolver resolver,
            BedrockProvider provider,
            Workers workers,
            LongSupplier nanoTime,
            DoubleSupplier random) {
        this.settings = settings;
        this.provider = provider;
        this.steps = new TrunkSteps(settings, resolver, provider, workers, scheduler, nanoTime, random);
    }

    /** The open trunk of a context, or null. */
    public static Trunk of(CamelContext context) {
        Trunk trunk = context.getCamelContextExtension().getContextPlugin(Trunk.class);
        return trunk == null || trunk.closed ? null : trunk;
    }

    /** Why no call can use the schema of this name as things stand now; empty when one can, or when that was logged already. */
    public Optional<String> schemaComplaint(String name) {
        return steps.structured().complaint(name);
    }

    /**
     * The schema of this name as it is written, the one that the next call uses.
     *
     * @throws dev.caravan.error.LlmException when there is none, or it is no JSON
     */
    public JsonNode schema(String name) {
        return steps.structured().source(name);
    }

    /**
     * Adds the trunk's component and routes and starts them.
     *
     * @throws IllegalStateException when the host has a route or component in their place
     * @throws Exception what Camel throws for routes that cannot be added
     */
    public void addTo(CamelContext host) throws Exception {
        if (host.hasComponent(TrunkRoutes.BEDROCK) != null) {
            throw new IllegalStateException(
                    "The component name " + TrunkRoutes.BEDROCK + " is Caravan's own, but the context has it already.");
        }
        context = host;
        routes = new ContextRoutes(host);
        host.addComponent(TrunkRoutes.BEDROCK, bedrockComponent(host));
        ReplyConverters.addTo(host);
        routes.add(new TrunkRoutes(settings, steps, scheduler));
        host.getCamelContextExtension().addContextPlugin(Trunk.class, this);
    }

    /** An instance of our own, whose clients are set here: nothing is bound to or taken from the registry. */
    private BedrockComponent bedrockComponent(CamelContext context) {
        BedrockConfiguration configuration = new BedrockConfiguration();
        configuration.setBedrockRuntimeClient(provider.client());
        configuration.setBedrockRuntimeAsyncClient(provider.asyncClient());
        configuration.setModelId("any");
        BedrockComponent component = new BedrockComponent(context);
        component.setAutowiredEnabled(false);
        component.setConfiguration(configuration);
        return component;
    }

    /**
     * Ends the waits for the limit of calls that hold nothing paid for, later ones too, with {@code overloaded}. A call
     * that was answered and is asked again may wait for a permit that comes free in time.
     *
     * @param left the time that calls have to finish
     */
    public void endUnpaidWaits(Duration left) {
        steps.line().stop(left);
    }

    /** Whether a call is under way that has been paid for, or may be so any moment. */
    public boolean hasPaidCalls() {
        return steps.activeCalls().anyPaid();
    }

    /** Cuts off the calls that are under way, and later ones, and waits a second at most until they are answered. */
    public void endCalls() {
        steps.activeCalls().endAll();
    }

    /**
     * Cuts off the calls that are still under way, which are answered with {@code overloaded}, and takes the routes
     * out of the context: when it is started again, it can have a new trunk.
     */
    @Override
    public void close() {
        closed = true;
        endCalls();
        scheduler.shutdownNow();
        if (context == null) {
            return;
        }
        try {
            routes.remove();
            context.removeComponent(TrunkRoutes.BEDROCK);
        } catch (Exception e) {
            LOG.warn("Caravan's routes could not be taken out of the context", e);
        }
    }
}
