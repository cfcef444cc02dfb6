package dev.caravan.component;

import dev.caravan.runtime.Texts;
import dev.caravan.runtime.Workers;
import dev.caravan.trunk.Trunk;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code caravan:generate} and {@code caravan:structured}. The first endpoint adds the trunk's routes to its context; without one nothing is
 * started, opened or bound. With the component the trunk goes, so that a context can be stopped and started again.
 */
@Component("caravan")
public class CaravanComponent extends DefaultComponent {
    private static final Logger LOG = LoggerFactory.getLogger(CaravanComponent.class);
    private static final int SHOWN = 60;

    /** Routes at once that read a stream: on older JDKs each may hold a platform thread. */
    private static final int MAX_READERS = 1024;

    private EmbeddedTrunk embedded;
    private Workers readers;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!CaravanEndpoint.OPERATIONS.contains(remaining)) {
            throw new IllegalArgumentException(
                    "caravan:" + remaining + " is not known; there are caravan:generate and caravan:structured");
        }
        CaravanEndpoint endpoint = new CaravanEndpoint(uri, this, remaining);
        try {
            setProperties(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw new IllegalArgumentException(
                    e.getPropertyName() + ": \"" + Texts.shorten(String.valueOf(e.getValue()), SHOWN)
                            + "\" is not of the option's kind",
                    e);
        }
        return endpoint;
    }

    /** Here and not before, so that wrong options are refused before anything is opened. */
    @Override
    protected void afterConfiguration(String uri, String remaining, Endpoint endpoint, Map<String, Object> parameters)
            throws Exception {
        CaravanEndpoint ours = (CaravanEndpoint) endpoint;
        ours.checkOptions();
        ensureTrunk();
        warnOfSchema(ours);
    }

    /** No error: its file may come later. */
    private void warnOfSchema(CaravanEndpoint endpoint) {
        Trunk trunk = Trunk.of(getCamelContext());
        if (endpoint.getSchemaName() != null && trunk != null) {
            trunk.schemaComplaint(endpoint.getSchemaName())
                    .ifPresent(why -> LOG.warn("caravan:structured?schemaName={}: {}", endpoint.getSchemaName(), why));
        }
    }

    private synchronized void ensureTrunk() throws Exception {
        CamelContext context = getCamelContext();
        if (Trunk.of(context) == null) {
            embedded = EmbeddedTrunk.open(context);
        }
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        StreamConverters.addTo(getCamelContext());
    }

    /** Threads on which routes go on that read a stream. */
    synchronized Workers readers() {
        if (readers == null) {
            readers = Workers.create("caravan-reader", MAX_READERS);
        }
        return readers;
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        closeTrunk();
    }

    /** A component that was never started is not stopped. */
    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        closeTrunk();
    }

    private synchronized void closeTrunk() {
        if (embedded != null) {
            embedded.close();
            embedded = null;
        }
        if (readers != null) {
            readers.close();
            readers = null;
        }
    }
}
