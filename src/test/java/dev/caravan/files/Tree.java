package dev.caravan.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A watched folder of a test. */
final class Tree {
    final Folders folders;

    Tree(Path dir) {
        this.folders = new Folders(dir);
    }

    FolderJobStore open() throws IOException {
        return FolderJobStore.open(folders);
    }

    /** Puts a file below the root, such as {@code inbox/sub/a.txt}. */
    Path put(String path, String content) throws IOException {
        Path file = folders.root().resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    Job claim(JobStore store, String name) throws IOException {
        return store.claim(put("inbox/" + name, "input " + name)).orElseThrow();
    }

    /** Drops, answers and finishes a file, and tells its settled name. */
    String answer(JobStore store, String name) throws IOException {
        Job job = claim(store, name);
        job.keepReply(reply(job.id(), "text"));
        job.complete();
        return job.name();
    }

    String fail(JobStore store, String name) throws IOException {
        Job job = claim(store, name);
        job.keepProblem(problem());
        job.complete();
        return job.name();
    }

    static byte[] reply(String id, String text) {
        return ("{\"id\":\"" + id + "\",\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] problem() {
        return "{\"error\":{\"kind\":\"invalid_request\"}}".getBytes(StandardCharsets.UTF_8);
    }

    /** Every file below the root but README.txt and the lock: its path, with text of odd names as shown, and content. */
    Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folders.root())) {
            paths.filter(path -> !Files.isDirectory(path)).forEach(path -> {
                Path below = folders.root().relativize(path);
                if (!below.equals(Path.of("README.txt")) && !below.equals(Path.of(".work", ".lock"))) {
                    files.put(FileNames.shown(below), read(path));
                }
            });
        }
        return files;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many entries .work/ has. */
    long entries() throws IOException {
        try (Stream<Path> paths = Files.list(folders.work())) {
            return paths.filter(path -> !path.endsWith(".lock")).count();
        }
    }
}
