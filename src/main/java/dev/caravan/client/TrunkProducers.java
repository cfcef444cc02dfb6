package dev.caravan.client;

import dev.caravan.runtime.Parts;
import dev.caravan.trunk.Trunk;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;

/** The ways into a context's trunk; taken anew when the context was stopped and started again, and so has another trunk. */
final class TrunkProducers implements AutoCloseable {
    private final CamelContext context;
    private Ways ways;

    private record Ways(Trunk trunk, AsyncProducer text, AsyncProducer structured, Parts parts) {}

    /** @throws Exception what Camel throws, or for wrong settings when the context has no trunk yet */
    TrunkProducers(CamelContext context) throws Exception {
        this.context = context;
        this.ways = open();
    }

    /** @throws Exception what Camel throws, or for settings that are wrong by now */
    synchronized AsyncProducer of(boolean structured) throws Exception {
        Trunk trunk = Trunk.of(context);
        if (context.isStarted() && (trunk == null || trunk != ways.trunk())) {
            Ways before = ways;
            ways = open();
            before.parts().close();
        }
        return structured ? ways.structured() : ways.text();
    }

    private Ways open() throws Exception {
        Parts parts = new Parts();
        try {
            AsyncProducer text = producer("caravan:generate", parts);
            AsyncProducer structured = producer("caravan:structured", parts);
            return new Ways(Trunk.of(context), text, structured, parts);
        } catch (Exception e) {
            parts.close();
            throw e;
        }
    }

    private AsyncProducer producer(String uri, Parts parts) throws Exception {
        AsyncProducer producer = context.getEndpoint(uri).createAsyncProducer();
        producer.start();
        parts.onClose(producer::stop);
        return producer;
    }

    @Override
    public synchronized void close() {
        ways.parts().close();
    }
}
