package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.config.Settings;
import dev.caravan.observe.AccessLog;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.Workers;
import dev.caravan.support.CapturedErr;
import dev.caravan.support.ParkingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped route over real folders that go away while a model is asked. */
class FolderGoneTest {
    @TempDir
    Path dir;

    private final ParkingStep parking = new ParkingStep();
    private final Metrics metrics = new Metrics(model -> model);
    private final Workers workers = Workers.create("gone-test", 4);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicLong ahead = new AtomicLong();
    private CapturedErr err;
    private Path root;
    private Path away;
    private FilesDoor door;

    @BeforeEach
    void open() throws Exception {
        err = new CapturedErr();
        root = dir.resolve("files");
        away = dir.resolve("away");
        Settings.Files settings = new Settings.Files(root, Duration.ZERO, 2);
        door = new FilesDoor(
                settings,
                FilesDoor.OnDisk.of(settings, 1 << 20),
                new FilesDoor.Parts(workers, metrics, new AccessLog(log::add)),
                () -> System.nanoTime() + ahead.get());
        door.makeFolders();
        door.bind(context);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caravan-generate").errorHandler(noErrorHandler()).process(parking);
            }
        });
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:routes/files.yaml"));
        context.getShutdownStrategy().setTimeout(1);
        context.start();
        door.open();
    }

    @AfterEach
    void close() {
        context.stop();
        door.close();
        workers.close();
        metrics.close();
        err.close();
    }

    private void drop(String name) throws IOException {
        Path file = root.resolve("inbox").resolve(name);
        Path part = file.resolveSibling("." + file.getFileName());
        Files.writeString(part, "Hi");
        Files.move(part, file);
    }

    private void ask(String name) throws IOException {
        drop(name);
        await().until(() -> parking.count() == 1);
    }

    private void answer() {
        String id = JobRun.of(parking.first()).job().id();
        parking.release(FilesRouteTest.reply(id));
    }

    private void awaitSaid(String words) {
        await().until(() -> err.text().contains(words));
    }

    private void awaitAnswered(String name) {
        await().until(() -> log.size() == 1 && Files.exists(root.resolve("done").resolve(name + ".txt")));
        assertThat(root.resolve("outbox").resolve(name + ".reply.txt")).hasContent("Hello.");
        assertThat(root.resolve("outbox").resolve(name + ".reply.json")).exists();
    }

    private void deleteAll(Path path) throws IOException {
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void awayAndBackDuringACall_finishesWhereItBegan() throws Exception {
        ask("a.txt");
        Files.move(root, away);
        awaitSaid("The folders cannot be used");
        answer();
        awaitSaid("The result of a job cannot be written");
        assertThat(root).doesNotExist();

        Files.move(away, root);

        awaitAnswered("a");
        ahead.addAndGet(Duration.ofSeconds(11).toNanos());
        ask("b.txt");
        answer();
        await().until(() -> log.size() == 2);
        assertThat(parking.count()).isZero();
        assertThat(err.text()).containsOnlyOnce("The folders cannot be used").contains("bring it back");
    }

    @Test
    void emptyFolderUncovered_isLeftAlone_alsoWithoutAJob() throws Exception {
        Files.move(root, away);
        Files.createDirectory(root);
        awaitSaid("another folder is in the place");

        assertThat(root).isEmptyDirectory();
        Files.delete(root);
        Files.move(away, root);
        ask("a.txt");
        answer();
        awaitAnswered("a");
    }

    @Test
    void folderMadeAnew_isNotTakenWhileAJobIsInWork() throws Exception {
        ask("a.txt");
        Files.move(root, away);
        Files.createDirectories(root.resolve("inbox"));
        Files.createDirectories(root.resolve(".work"));
        awaitSaid("another folder is in the place");
        answer();
        awaitSaid("The result of a job cannot be written");
        drop("b.txt");

        assertThat(root.resolve("outbox")).doesNotExist();
        assertThat(root.resolve("inbox/b.txt")).exists();
        assertThat(root.resolve(".work")).isEmptyDirectory();
        deleteAll(root);
        Files.move(away, root);
        awaitAnswered("a");
    }

    @Test
    void folderMadeAnewWithoutAJob_isOpenedAnew() throws Exception {
        Files.move(root, away);
        awaitSaid("it has gone");
        Files.createDirectories(root.resolve("inbox"));

        ask("a.txt");
        answer();

        awaitAnswered("a");
        assertThat(err.text()).containsOnlyOnce("it is opened anew");
    }

    @Test
    void workDeletedBelowALivingFolder_theAnswerIsDelivered() throws Exception {
        ask("a.txt");
        deleteAll(root.resolve(".work"));
        answer();

        await().until(() -> log.size() == 1);
        assertThat(root.resolve("outbox/a.reply.txt")).hasContent("Hello.");
        assertThat(root.resolve("outbox/a.reply.json")).exists();
        assertThat(root.resolve("done")).isEmptyDirectory();
        ask("b.txt");
        answer();
        await().until(() -> Files.exists(root.resolve("done/b.txt")));
    }

    @Test
    void foldersDeletedBelowALivingOne_areMadeAgain() throws Exception {
        Files.delete(root.resolve("outbox"));
        Files.delete(root.resolve("inbox"));
        await().until(() -> Files.exists(root.resolve("inbox")) && Files.exists(root.resolve("outbox")));
        ask("a.txt");
        answer();
        awaitAnswered("a");
    }

    @Test
    void badSubFolder_holdsNoOtherUp() throws Exception {
        for (String name : new String[] {"1", "2"}) {
            Files.createDirectories(root.resolve("inbox/bad"));
            drop("bad/" + name + ".txt");
        }
        await().until(() -> parking.count() == 2);
        Files.writeString(root.resolve("outbox/bad"), "a file");
        answer();
        answer();
        awaitSaid("outbox/bad is a file and must be a folder");

        ask("well.txt");
        answer();
        awaitAnswered("well");
        assertThat(err.text()).containsOnlyOnce("cannot be written");
        Files.delete(root.resolve("outbox/bad"));
        ahead.addAndGet(Duration.ofSeconds(11).toNanos());
        await().until(() -> log.size() == 3);
        assertThat(root.resolve("outbox/bad/2.reply.json")).exists();
    }
}
