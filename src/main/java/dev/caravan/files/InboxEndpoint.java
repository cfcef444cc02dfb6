package dev.caravan.files;

import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** {@value #URI}: one exchange for each job of the folder door. */
final class InboxEndpoint extends DefaultEndpoint {
    static final String SCHEME = "caravan-files";
    static final String NAME = "inbox";
    static final String URI = SCHEME + ":" + NAME;

    private final FilesDoor door;

    InboxEndpoint(String uri, Component component, FilesDoor door) {
        super(uri, component);
        this.door = door;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        InboxConsumer consumer = new InboxConsumer(this, processor, door);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(URI + " is where a route begins; nothing can be sent there");
    }
}
