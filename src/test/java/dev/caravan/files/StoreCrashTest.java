package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.files.Job.Outcome;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process dies before each of its operations on disk in turn, and another one carries on. */
class StoreCrashTest {
    private static final int TOO_MANY = 60;

    @TempDir
    Path dir;

    /** What the one that comes after finds and does. */
    private record Aftermath(boolean kept, int asked, Map<String, String> files) {}

    @Test
    void anAnsweredText_isThereOnceAndItsReplyIsNeverLost() throws Exception {
        for (int operation = 1; ; operation++) {
            assertThat(operation).isLessThan(TOO_MANY);
            Tree tree = new Tree(dir.resolve("files" + operation));
            boolean halted = process(tree, "sub.txt", operation);
            Aftermath after = afterwards(tree);

            assertThat(after.files())
                    .as("halted before operation %d", operation)
                    .containsOnlyKeys("outbox/sub.reply.txt", "outbox/sub.reply.json", "done/sub.txt")
                    .containsEntry("done/sub.txt", "input");
            assertThat(after.asked()).isEqualTo(after.kept() ? 0 : 1);
            String text = after.kept() ? "of the process" : "of the next";
            assertThat(after.files()).containsEntry("outbox/sub.reply.txt", text);
            assertThat(after.files().get("outbox/sub.reply.json")).contains(text);
            if (!halted) {
                return;
            }
        }
    }

    @Test
    void aFailedFile_isThereOnceWithItsProblem() throws Exception {
        for (int operation = 1; ; operation++) {
            assertThat(operation).isLessThan(TOO_MANY);
            Tree tree = new Tree(dir.resolve("files" + operation));
            tree.put("failed/bad.error.json", "of an input that was moved back");
            boolean halted = thread(tree, "bad.json", operation);
            Aftermath after = afterwards(tree);

            Set<String> failed = Set.of("failed/bad.error.json", "failed/bad.json");
            Set<String> answered = Set.of("outbox/bad.reply.json", "done/bad.json");
            assertThat(after.files().keySet())
                    .as("halted before operation %d", operation)
                    .isEqualTo(after.kept() ? failed : answered);
            assertThat(after.asked()).isEqualTo(after.kept() ? 0 : 1);
            if (!halted) {
                return;
            }
        }
    }

    /** Somebody takes the results as soon as they appear: nothing is asked or delivered a second time. */
    @Test
    void aReplyThatWasTakenBeforeTheCrashWasNoticed_doesNotComeAgain() throws Exception {
        int taken = 0;
        for (int operation = 1; ; operation++) {
            assertThat(operation).isLessThan(TOO_MANY);
            Tree tree = new Tree(dir.resolve("files" + operation));
            boolean halted = thread(tree, "a.json", operation);
            if (Files.deleteIfExists(tree.folders.outbox().resolve("a.reply.json"))) {
                taken++;
                Aftermath after = afterwards(tree);
                assertThat(after.asked()).isZero();
                assertThat(after.files()).containsOnlyKeys("done/a.json");
            }
            if (!halted) {
                assertThat(taken).isGreaterThan(2);
                return;
            }
        }
    }

    private static final class Death extends Error {}

    private boolean saidKept;

    /** Runs a process of its own; whether it halted at the operation. */
    private boolean process(Tree tree, String name, int operation) throws Exception {
        tree.put("inbox/" + name, "input");
        Process process = StoreProcess.builder(tree.folders.root(), operation).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        assertThat(status).as(output).isIn(0, StoreProcess.HALTED);
        saidKept = output.contains("kept");
        return status == StoreProcess.HALTED;
    }

    /** The same in this process: from the operation on nothing is written any more, and the locks are freed. */
    private boolean thread(Tree tree, String name, int operation) throws Exception {
        Path file = tree.put("inbox/" + name, "input");
        saidKept = false;
        Disk disk = new FaultyDisk(number -> {
            if (number == operation) {
                throw new Death();
            }
            if (number > operation) {
                throw new IOException("dead");
            }
        });
        try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
            StoreProcess.work(store.claim(file).orElseThrow(), () -> saidKept = true);
            return false;
        } catch (Death e) {
            return true;
        }
    }

    private Aftermath afterwards(Tree tree) throws IOException {
        int asked = 0;
        try (FolderJobStore store = tree.open()) {
            List<Job> jobs = new ArrayList<>(store.adopt());
            try (var files = Files.newDirectoryStream(tree.folders.inbox())) {
                for (Path file : files) {
                    jobs.add(store.claim(file).orElseThrow());
                }
            }
            // The journal may be in its place while the process died just before it could say so.
            boolean kept = saidKept || jobs.stream().anyMatch(job -> job.outcome() != Outcome.NONE);
            for (Job job : jobs) {
                if (job.outcome() == Outcome.NONE) {
                    asked++;
                    job.keepReply(Tree.reply(job.id(), "of the next"));
                }
                job.complete();
            }
            assertThat(tree.entries()).isZero();
            return new Aftermath(kept, asked, tree.files());
        }
    }
}
