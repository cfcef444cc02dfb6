package dev.caravan.trunk;

import dev.caravan.config.Settings;
import dev.caravan.model.ModelResolver;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Workers;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.aws2.bedrock.runtime.BedrockComponent;
import org.apache.camel.component.aws2.bedrock.runtime.BedrockConfiguration;
import org.apache.camel.model.ModelCamelContext;

/**
 * The pipeline behind all doors. Added to a CamelContext it gives {@value #GENERATE}: body in as {@link
 * RequestIntake} describes, body out {@link dev.caravan.chat.LlmReply}, failures {@link
 * dev.caravan.error.LlmException}. A context has one trunk.
 */
public final class Trunk implements AutoCloseable {
    public static final String GENERATE = TrunkRoutes.GENERATE;

    private final ScheduledThreadPoolExecutor scheduler;
    private final Settings settings;
    private final BedrockProvider provider;
    private final TrunkSteps steps;

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
        this.scheduler = new ScheduledThreadPoolExecutor(1, WorkerHop.SchedulerThread::new);
        this.scheduler.setRemoveOnCancelPolicy(true);
        this.steps = new TrunkSteps(settings, resolver, provider, workers, scheduler, nanoTime, random);
    }

    /** The trunk of a context, or null. */
    public static Trunk of(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Trunk.class);
    }

    /**
     * Adds the trunk's routes. While the context is on its way up, routes that are only added are never started and
     * a call to their {@code direct:} hangs; so their definitions are started here.
     *
     * @throws Exception what Camel throws for routes that cannot be added
     */
    public void addTo(CamelContext context) throws Exception {
        context.addComponent(TrunkRoutes.BEDROCK, bedrockComponent(context));
        TrunkRoutes routes = new TrunkRoutes(settings, steps, scheduler);
        context.addRoutes(routes);
        ServiceStatus status = context.getStatus();
        if (status == ServiceStatus.Initializing || status == ServiceStatus.Starting) {
            ((ModelCamelContext) context)
                    .startRouteDefinitions(routes.getRouteCollection().getRoutes());
        }
        context.getCamelContextExtension().addContextPlugin(Trunk.class, this);
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

    /** Ends waits; calls in flight are the provider's. */
    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
