package dev.caravan.http;

import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/** Camel's engine, with consumers that hold no thread while a route waits. */
public final class AsyncPlatformHttpEngine extends VertxPlatformHttpEngine {
    private final Executor workers;
    private final StreamTimes streams;
    private final String routerName;
    private final IntSupplier port;

    /**
     * @param workers starts exchanges; refuses with a {@code RejectedExecutionException} when it is full
     * @param streams when answers that are given out as they come give signs of life
     * @param routerName name of the router in Camel's registry
     * @param port the main port; 0 while it isn't open
     */
    AsyncPlatformHttpEngine(Executor workers, StreamTimes streams, String routerName, IntSupplier port) {
        this.workers = workers;
        this.streams = streams;
        this.routerName = routerName;
        this.port = port;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new AsyncPlatformHttpConsumer(endpoint, processor, getHandlers(), routerName, workers, streams);
    }

    @Override
    public int getServerPort() {
        return port.getAsInt();
    }
}
