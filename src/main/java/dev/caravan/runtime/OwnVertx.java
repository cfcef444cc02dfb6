package dev.caravan.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.spi.ExecutorServiceFactory;

/** Makes a Vert.x instance of our own: daemon threads, virtual workers where the JDK has them, no file cache. */
public final class OwnVertx {
    private OwnVertx() {}

    /** How many event loops a service wants: half of the cores, since workers sign and read JSON. */
    public static int eventLoops() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /** @param eventLoops number of event loops, at least 1 */
    public static Vertx create(int eventLoops) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        VertxBuilder builder = new VertxBuilder(options);
        if (Workers.virtualThreads()) {
            // Set here and not by ServiceLoader, which would change a host application's Vert.x too.
            ExecutorServiceFactory virtual = (threads, concurrency, max) -> Workers.virtualExecutor();
            builder.executorServiceFactory(virtual);
        }
        return builder.init().vertx();
    }
}
