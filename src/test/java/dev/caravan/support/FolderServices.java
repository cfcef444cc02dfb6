package dev.caravan.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Services on watched folders and the one emulator that they call, all processes of their own. The first start keeps
 * the loaded classes in a file, from which all others start in about half the time.
 */
public final class FolderServices implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(30);

    private final StandaloneEmulator emulator;
    private final List<String> jvmOptions;
    private final List<JarProcess> started = new ArrayList<>();

    /** @param common a folder for the emulator and the first start */
    public FolderServices(Path common) {
        emulator = new StandaloneEmulator(common);
        Path classes = common.resolve("classes.jsa");
        try {
            keepClasses(common, classes);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        jvmOptions = List.of("-XX:SharedArchiveFile=" + classes);
    }

    private void keepClasses(Path common, Path classes) {
        JarProcess first = JarProcess.start(
                common, environment(Map.of()), List.of("-XX:ArchiveClassesAtExit=" + classes), "serve");
        started.add(first);
        first.awaitReady();
        WatchedFolder folder = new WatchedFolder(common);
        folder.drop(DroppedFile.of(DroppedFile.Kind.STRUCTURED, "first"));
        await().until(() -> folder.replies() == 1);
        first.terminate();
        if (!first.ended(STOP)) {
            throw new AssertionError("the first start does not end");
        }
    }

    public StandaloneEmulator emulator() {
        return emulator;
    }

    /** Starts one; it is not ready yet. */
    public JarProcess start(Path workingDir, Map<String, String> environment) {
        JarProcess service = JarProcess.start(workingDir, environment(environment), jvmOptions, "serve");
        started.add(service);
        return service;
    }

    /** Starts one and waits until it is ready. */
    public JarProcess serve(Path workingDir, Map<String, String> environment) {
        JarProcess service = start(workingDir, environment);
        service.awaitReady();
        return service;
    }

    /** Starts one as it is shipped and ends it once nothing is left to be done. */
    public void finish(Path workingDir) {
        WatchedFolder folder = new WatchedFolder(workingDir);
        JarProcess service = serve(workingDir, Map.of());
        await().until(folder::isThrough);
        service.kill();
    }

    private Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "CARAVAN_BEDROCK_MODE", "aws",
                "CARAVAN_BEDROCK_ENDPOINT", emulator.address().toString(),
                "AWS_ACCESS_KEY_ID", "AKIDTEST",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_REGION", "us-east-1",
                "CARAVAN_PORT", "0",
                "CARAVAN_MANAGEMENT_PORT", "0",
                "CARAVAN_FILES_SETTLE", "100ms",
                "CARAVAN_RATE_LIMIT", "0"));
        environment.putAll(more);
        return environment;
    }

    public static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    /** Kills all services, and leaves the emulator. */
    public void killAll() {
        started.forEach(JarProcess::close);
        started.clear();
    }

    @Override
    public void close() {
        killAll();
        emulator.close();
    }

    /** Names the shipped file of routes: in the project's folder. */
    public static GatedRoutes shippedRoutes() {
        try {
            return new GatedRoutes(Path.of("routes/files.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a working directory's own routes away again. */
    public static void removeRoutes(Path workingDir) {
        try {
            Files.deleteIfExists(workingDir.resolve("routes/files.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
