package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job asks of the disk, and in which order. */
class StoreBudgetTest {
    @TempDir
    Path dir;

    /** Notes what makes the disk wait, and what gives a result its name. */
    private static class NotingDisk implements Disk {
        private final Disk real = new Disk.Real();
        private final Path root;
        final List<String> notes = new ArrayList<>();

        NotingDisk(Path root) {
            this.root = root;
        }

        private void note(String what, Path path) {
            String below = FileNames.shown(root.relativize(path));
            notes.add(what + " " + below.replaceAll("job_[a-z2-7]{24}", "JOB"));
        }

        @Override
        public void write(Path file, byte[] content) throws IOException {
            note("write", file);
            real.write(file, content);
        }

        @Override
        public void link(Path file, Path second) throws IOException {
            real.link(file, second);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            note("rename", to);
            real.rename(from, to);
        }

        @Override
        public void makeFolder(Path folder) throws IOException {
            real.makeFolder(folder);
        }

        @Override
        public void delete(Path path) throws IOException {
            real.delete(path);
        }

        @Override
        public void sync(Path folder) throws IOException {
            note("sync", folder);
            real.sync(folder);
        }
    }

    @Test
    void aText_waitsForTheDiskFiveTimes() throws IOException {
        Tree tree = new Tree(dir.resolve("files"));
        NotingDisk disk = new NotingDisk(tree.folders.root());
        try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
            tree.answer(store, "a.txt");
        }
        assertThat(disk.notes)
                .containsExactly(
                        "rename .work/JOB/claimed/a.txt",
                        "rename .work/JOB/named",
                        "write .work/JOB/waiting.reply.txt",
                        "write .work/JOB/temporary",
                        "rename .work/JOB/waiting.reply.json",
                        "sync .work/JOB",
                        "rename outbox/a.reply.txt",
                        "rename outbox/a.reply.json",
                        "sync outbox",
                        "rename done/a.txt",
                        "sync done");
    }

    /** The process before died after its rename: whether that is on disk nobody knows. */
    @Test
    void aResultThatWasPlacedByAnother_isOnDiskBeforeItsInputMoves() throws IOException {
        Tree tree = new Tree(dir.resolve("files"));
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.json");
            job.keepReply(Tree.reply(job.id(), "x"));
            job.writeReply();
        }
        NotingDisk disk = new NotingDisk(tree.folders.root());
        try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
            for (Job job : store.adopt()) {
                job.complete();
            }
        }
        assertThat(disk.notes).containsExactly("sync outbox", "rename done/a.json", "sync done");
    }

    @Test
    void whileTheDiskIsWaitedFor_othersMayTakeFiles() throws Exception {
        Tree tree = new Tree(dir.resolve("files"));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        List<Job> others = new ArrayList<>();
        try (FolderJobStore other = tree.open()) {
            Disk disk = new NotingDisk(tree.folders.root()) {
                @Override
                public void sync(Path folder) throws IOException {
                    super.sync(folder);
                    others.add(claim(threads, other, tree, "other" + others.size() + ".txt"));
                }
            };
            try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
                tree.answer(store, "a.txt");
                tree.fail(store, "bad.txt");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(others).hasSize(6);
    }

    private static Job claim(ExecutorService threads, JobStore store, Tree tree, String name) {
        try {
            return threads.submit(() -> tree.claim(store, name)).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the lock of the folder is held", e);
        }
    }

    @Test
    void aKeptProblem_tellsItsCodeToTheProcessThatAdoptsIt() throws IOException {
        Tree tree = new Tree(dir.resolve("files"));
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.txt");
            job.keepProblem("{\"code\":\"provider_timeout\"}".getBytes(StandardCharsets.UTF_8));
        }
        try (FolderJobStore store = tree.open()) {
            JobRun run = new JobRun(store.adopt().get(0), 0, () -> false);
            run.complete();

            assertThat(run.job().finished()).isTrue();
            assertThat(run.finished(1).code()).isEqualTo("provider_timeout");
            assertThat(run.finished(1).status()).isEqualTo(504);
        }
    }
}
