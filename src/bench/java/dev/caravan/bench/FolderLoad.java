package dev.caravan.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Drops files into a watched folder and prints one line of JSON.
 *
 * <p>Options: {@code --files}, the folder with {@code inbox/} and {@code outbox/}; {@code --prompt}; {@code --count};
 * and {@code --mode}:
 * <ul>
 *   <li>{@code rate} (default): all files appear at one moment, as one folder that is renamed into the inbox; the time
 *       runs from the first that is gone from there to the last {@code .reply.json};
 *   <li>{@code latency}: one file after the other, each once the one before is in {@code done/}; the time runs from its
 *       rename to its {@code .reply.json}.
 * </ul>
 * What it made is deleted after.
 */
public final class FolderLoad {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(110);
    private static final String RESULT = ".reply.json";

    private final Path files;
    private final Path beside;
    private final String name = "load-" + ProcessHandle.current().pid();
    private final String prompt;
    private final int count;

    private FolderLoad(Options options) throws IOException {
        files = Path.of(options.text("files")).toAbsolutePath();
        // On the same file system, so that a drop is a rename.
        beside = Files.createDirectories(files.resolveSibling(files.getFileName() + "-beside"));
        prompt = options.text("prompt");
        count = options.number("count", 2000);
    }

    public static void main(String[] args) throws IOException {
        Options options = new Options(args);
        FolderLoad load = new FolderLoad(options);
        JsonObject report = switch (options.text("mode", "rate")) {
            case "rate" -> load.rate();
            case "latency" -> load.latency();
            default -> throw new IllegalArgumentException("--mode is rate or latency");
        };
        System.out.println(report.encode());
    }

    private JsonObject rate() throws IOException {
        Path batch = Files.createDirectories(beside.resolve(name));
        for (int i = 0; i < count; i++) {
            Files.writeString(batch.resolve(i + ".txt"), prompt);
        }
        Path inbox = files.resolve("inbox").resolve(name);
        Path outbox = files.resolve("outbox").resolve(name);
        long dropped = System.nanoTime();
        Files.move(batch, inbox);
        while (entries(inbox, ".txt") == count) {
            pause(dropped, 200);
        }
        long claimed = System.nanoTime();
        // Counting takes time of the cores that are measured, so not often.
        while (entries(outbox, RESULT) < count) {
            pause(dropped, 20_000);
        }
        long last = System.nanoTime();
        while (entries(files.resolve("done").resolve(name), ".txt") < count) {
            pause(dropped, 5000);
        }
        clear();
        double seconds = (last - claimed) / 1e9;
        return new JsonObject()
                .put("count", count)
                .put("seconds", seconds)
                .put("rate", Math.round(count / seconds * 10) / 10.0)
                .put("first_claim_ms", (claimed - dropped) / 1e6);
    }

    private JsonObject latency() throws IOException {
        double[] millis = new double[count];
        for (int i = 0; i < count; i++) {
            String file = name + "-" + i;
            Path next = Files.writeString(beside.resolve("next.txt"), prompt);
            Path result = files.resolve("outbox").resolve(file + RESULT);
            long dropped = System.nanoTime();
            Files.move(next, files.resolve("inbox").resolve(file + ".txt"));
            while (!Files.exists(result)) {
                pause(dropped, 200);
            }
            millis[i] = (System.nanoTime() - dropped) / 1e6;
            while (!Files.exists(files.resolve("done").resolve(file + ".txt"))) {
                pause(dropped, 200);
            }
        }
        clear();
        Arrays.sort(millis);
        return new JsonObject()
                .put("count", count)
                .put("p50_ms", millis[(count - 1) / 2])
                .put("max_ms", millis[count - 1]);
    }

    private static void pause(long since, long micros) {
        if (System.nanoTime() - since > LIMIT_NANOS) {
            throw new IllegalStateException("not through within 110 s");
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    private static int entries(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        int entries = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + ending)) {
            for (Path ignored : all) {
                entries++;
            }
        }
        return entries;
    }

    private void clear() throws IOException {
        for (String area : new String[] {"inbox", "outbox", "done"}) {
            try (Stream<Path> all = Files.walk(files.resolve(area))) {
                for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())
                        .filter(path -> path.toString().contains(name))::iterator) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
