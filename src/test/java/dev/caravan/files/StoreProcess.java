package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that works at all files at the top of an inbox. */
final class StoreProcess {
    private StoreProcess() {}

    /** Arguments: the folder, and the number of the operation on disk before which the process halts, or 0. */
    public static void main(String[] args) throws IOException {
        int haltBefore = Integer.parseInt(args[1]);
        Disk disk = new FaultyDisk(number -> {
            if (number == haltBefore) {
                Runtime.getRuntime().halt(HALTED);
            }
        });
        Folders folders = new Folders(Path.of(args[0]));
        FolderJobStore store = FolderJobStore.open(folders, disk, Ids.create(), Ticker.systemTicker());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folders.inbox())) {
            for (Path file : files) {
                work(store.claim(file).orElseThrow(), () -> System.out.println("kept"));
            }
        }
        store.close();
    }

    static final int HALTED = 99;

    /** Files whose name contains {@code bad} fail. */
    static void work(Job job, Runnable kept) throws IOException {
        if (job.name().contains("bad")) {
            job.keepProblem(Tree.problem());
        } else {
            job.keepReply(Tree.reply(job.id(), "of the process"));
        }
        kept.run();
        job.complete();
    }

    /** The process, to be started in the C locale, as in a container that sets none. */
    static ProcessBuilder builder(Path folder, int haltBefore) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                classPath(),
                StoreProcess.class.getName(),
                folder.toString(),
                String.valueOf(haltBefore)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static String classPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return surefire == null ? System.getProperty("java.class.path") : surefire;
    }
}
