package dev.caravan.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The built jar as a process of its own. What it prints goes to files, so that it can be read after a kill. */
public final class JarProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target/caravan.jar").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("is ready: (http://[^, ]+)");
    /** A process that lives seconds is compiled quickly rather than well. */
    private static final List<String> SHORT_LIVED =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Xshare:auto");

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private JarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts it; it is not ready yet.
     *
     * @param folder its working directory; its output goes to {@code log/} there
     * @param environment beside the caller's, of which the variables that Caravan reads are taken out
     */
    public static JarProcess start(
            Path folder, Map<String, String> environment, List<String> jvmOptions, String... words) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SHORT_LIVED);
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(words));
        try {
            Path logs = Files.createDirectories(folder.resolve("log"));
            Path out = Files.createTempFile(logs, words[0] + "-", ".out");
            Path err = Path.of(out + ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.matches("(AWS|CARAVAN|BEDROCK|GROQ)_.*|USE_GROQ|(?i:https?|no)_proxy"));
            builder.environment().putAll(environment);
            return new JarProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the line that says where it listens, and returns that address. */
    public URI awaitReady() {
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !process.isAlive() || ready() != null);
        URI address = ready();
        if (address == null) {
            throw new AssertionError("it ended before it was ready: " + read(out) + read(err));
        }
        return address;
    }

    private URI ready() {
        Matcher line = READY.matcher(read(out));
        return line.find() ? URI.create(line.group(1)) : null;
    }

    /** What it has logged so far. */
    public String log() {
        return read(err);
    }

    /** How often a text stands in the log. */
    public int logged(String text) {
        return log().split(Pattern.quote(text), -1).length - 1;
    }

    /** Lets it run for so long. */
    public void run(Duration time) {
        if (ended(time)) {
            throw new AssertionError("it ended by itself: " + read(err));
        }
    }

    /** Kills it, as {@code kill -9} does, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        if (!ended(START_LIMIT)) {
            throw new AssertionError("it outlives SIGKILL");
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Whether it has ended, or does so within that time. */
    public boolean ended(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public int exitStatus() {
        return process.exitValue();
    }

    /** Kills it when it is still alive. */
    @Override
    public void close() {
        kill();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
