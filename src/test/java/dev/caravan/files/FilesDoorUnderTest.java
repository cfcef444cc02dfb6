package dev.caravan.files;

import dev.caravan.config.Settings;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.Awaitility;

/** The folder door with the shipped route over a store in memory; its clock stands still unless a test moves it. */
final class FilesDoorUnderTest implements AutoCloseable {
    final FakeJobStore store;
    final Metrics metrics = new Metrics(model -> model);
    final List<String> log = new CopyOnWriteArrayList<>();
    final AtomicLong ahead = new AtomicLong();
    volatile boolean foldersFail;
    private final AtomicInteger ticks = new AtomicInteger();
    final FilesDoor door;
    final CamelContext context;
    private final Workers workers = Workers.create("files-test", 8);

    FilesDoorUnderTest(CamelContext context, Path root, int concurrent) throws Exception {
        this.context = context;
        store = new FakeJobStore(root);
        door = new FilesDoor(
                new Settings.Files(root, Duration.ZERO, concurrent),
                new FilesDoor.OnDisk(store.inbox, this::folders, store, new FileRequestReader(1 << 20)),
                new FilesDoor.Parts(workers, metrics, new AccessLog(log::add)),
                () -> System.nanoTime() + ahead.get());
        door.bind(context);
    }

    private void folders() throws IOException {
        ticks.incrementAndGet();
        if (foldersFail) {
            throw new IOException("read-only");
        }
        Files.createDirectories(store.inbox);
    }

    /** Adds the shipped route and opens the door. */
    FilesDoorUnderTest open() throws Exception {
        return open(ResourceHelper.resolveMandatoryResource(context, "file:routes/files.yaml"));
    }

    /** Adds a route of a user's in place of the shipped one and opens the door. */
    FilesDoorUnderTest open(String yaml) throws Exception {
        return open(ResourceHelper.fromString("files.yaml", yaml));
    }

    private FilesDoorUnderTest open(org.apache.camel.spi.Resource routes) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(routes);
        context.start();
        door.open();
        return this;
    }

    /** Waits until the door has looked at everything once more. */
    void awaitTick() {
        int begun = ticks.get();
        Awaitility.await().until(() -> ticks.get() >= begun + 2);
    }

    void moveClock(Duration by) {
        ahead.addAndGet(by.toNanos());
    }

    @Override
    public void close() {
        context.stop();
        door.close();
        workers.close();
        metrics.close();
    }
}
