package dev.caravan.client;

import dev.caravan.component.EmbeddedTrunk;
import dev.caravan.config.SettingsSources;
import dev.caravan.runtime.Parts;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;

/** A CamelContext with a trunk and nothing else, of which the program around it sees nothing. */
final class OwnContext implements AutoCloseable {
    private static final String NAME = "caravan-client";
    /** By then the trunk has ended every call. */
    private static final int SHUTDOWN_SECONDS = 2;

    private final Parts parts = new Parts();
    private final CamelContext context;

    private OwnContext() {
        context = new DefaultCamelContext(false);
        context.disableJMX();
        context.getCamelContextExtension().setName(NAME);
        // A program's own class loader of the moment may know nothing of Camel's components.
        context.setApplicationContextClassLoader(OwnContext.class.getClassLoader());
        context.setStartupSummaryLevel(StartupSummaryLevel.Off);
        context.setShutdownRunningTask(ShutdownRunningTask.CompleteCurrentTaskOnly);
    }

    /**
     * @throws dev.caravan.config.SettingsException for wrong settings, with a line per problem
     * @throws IllegalStateException when it cannot be opened; nothing is left open
     */
    static OwnContext open(SettingsSources sources) {
        OwnContext own = new OwnContext();
        try {
            own.start(sources);
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        } catch (Exception e) {
            own.close();
            throw new IllegalStateException("Caravan could not be opened: " + e.getMessage(), e);
        }
    }

    private void start(SettingsSources sources) throws Exception {
        parts.keep(context);
        context.build();
        context.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
        context.getShutdownStrategy().setTimeout(SHUTDOWN_SECONDS);
        context.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
        // To the program around it the routes are an inside of the client, and calls cut off are told to their callers.
        context.getShutdownStrategy().setLoggingLevel(LoggingLevel.DEBUG);
        context.getShutdownStrategy().setSuppressLoggingOnTimeout(true);
        context.start();
        parts.keep(EmbeddedTrunk.open(context, sources));
        // The routes stop with the context, which says nothing in the log about it.
        parts.onClose(context::stop);
    }

    CamelContext context() {
        return context;
    }

    @Override
    public void close() {
        parts.close();
    }
}
