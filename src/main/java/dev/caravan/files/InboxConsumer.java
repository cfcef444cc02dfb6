package dev.caravan.files;

import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** The begin of the folder door's route. Jobs come while it is started; it never waits for them itself. */
final class InboxConsumer extends DefaultConsumer {
    private final FilesDoor door;

    InboxConsumer(Endpoint endpoint, Processor processor, FilesDoor door) {
        super(endpoint, processor);
        this.door = door;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        door.attach(this);
    }

    /** Camel stops the consumer first and then waits for its exchanges, so the steps must not be stopped with it. */
    @Override
    protected void doStop() {
        door.detach(this);
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doStop();
        super.doShutdown();
    }

    /**
     * Sends a job through the route; this thread is free again as soon as the route only waits.
     *
     * @param over called once, on any thread, when the route is over
     */
    void ask(JobRun run, Runnable over) {
        if (!isRunAllowed()) {
            // The route was stopped after the job was taken for it.
            run.notAsked();
            over.run();
            return;
        }
        Exchange exchange = createExchange(false);
        run.asks(exchange);
        getAsyncProcessor().process(exchange, doneSync -> {
            run.routeOver(exchange.getException());
            releaseExchange(exchange, false);
            over.run();
        });
    }
}
