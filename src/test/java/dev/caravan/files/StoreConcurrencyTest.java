package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreConcurrencyTest {
    private static final int STORES = 4;
    private static final int FILES = 200;

    @TempDir
    Path dir;

    @Test
    void fourStoresAtOnce_claimEachFileOnceAndNoNameTwice() throws Exception {
        Tree tree = new Tree(dir.resolve("files"));
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < FILES / 2; i++) {
            files.add(tree.put("inbox/f" + i + ".txt", "x"));
            files.add(tree.put("inbox/f" + i + ".md", "x"));
        }
        List<FolderJobStore> stores = new ArrayList<>();
        for (int i = 0; i < STORES; i++) {
            stores.add(tree.open());
        }
        List<Job> jobs = atOnce(stores.stream()
                .<Callable<List<Job>>>map(store -> () -> claimAll(store, files))
                .toList());

        assertThat(jobs).hasSize(FILES);
        assertThat(jobs).extracting(Job::file).doesNotHaveDuplicates();
        assertThat(jobs).extracting(Job::name).doesNotHaveDuplicates();
        atOnce(jobs.stream()
                .<Callable<List<Job>>>map(job -> () -> finished(job))
                .toList());
        assertThat(tree.files().keySet().stream().filter(file -> file.endsWith(".reply.json")))
                .hasSize(FILES);
        assertThat(tree.files().keySet().stream().filter(file -> file.startsWith("done/")))
                .hasSize(FILES);
        assertThat(tree.entries()).isZero();
        stores.forEach(FolderJobStore::close);
    }

    @Test
    void aProcessThatWorksAtAJob_isLeftAlone() throws Exception {
        Tree tree = new Tree(dir.resolve("files"));
        for (int i = 0; i < 40; i++) {
            tree.put("inbox/f" + i + ".json", "x");
        }
        Process process = StoreProcess.builder(tree.folders.root(), 0).start();
        try (FolderJobStore store = tree.open()) {
            int adopted = 0;
            while (process.isAlive()) {
                adopted += store.adopt().size();
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.exitValue()).as(output).isZero();
            assertThat(adopted).isZero();
            assertThat(tree.files()).hasSize(80);
        }
    }

    private static List<Job> claimAll(FolderJobStore store, List<Path> files) throws IOException {
        List<Job> claimed = new ArrayList<>();
        for (Path file : files) {
            store.claim(file).ifPresent(claimed::add);
        }
        return claimed;
    }

    private static List<Job> finished(Job job) throws IOException {
        job.keepReply(Tree.reply(job.id(), "x"));
        job.complete();
        return List.of(job);
    }

    private static List<Job> atOnce(List<Callable<List<Job>>> tasks) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(STORES);
        try {
            List<Job> all = new ArrayList<>();
            for (Future<List<Job>> done : pool.invokeAll(tasks)) {
                all.addAll(done.get());
            }
            return all;
        } finally {
            pool.shutdownNow();
        }
    }
}
