package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.files.Job.Outcome;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk refuses each operation in turn, once or until it has recovered. */
class StoreTroubleTest {
    private static final int TOO_MANY = 60;

    @TempDir
    Path dir;

    /** Fails from one operation on. */
    private static final class Trouble {
        private final int from;
        private final boolean lasting;
        private boolean seen;
        private boolean over;

        Trouble(int from, boolean lasting) {
            this.from = from;
            this.lasting = lasting;
        }

        void operation(int number) throws IOException {
            if (number == from || lasting && !over && number > from) {
                seen = true;
                throw new IOException("No space left on device");
            }
        }
    }

    @Test
    void anAnswer_isNeitherLostNorAskedAgain() throws IOException {
        for (boolean lasting : new boolean[] {false, true}) {
            for (int from = 1; runsIntoTrouble(from, lasting, true); from++) {
                assertThat(from).isLessThan(TOO_MANY);
            }
        }
    }

    @Test
    void aProblem_isNeitherLostNorWrittenTwice() throws IOException {
        for (boolean lasting : new boolean[] {false, true}) {
            for (int from = 1; runsIntoTrouble(from, lasting, false); from++) {
                assertThat(from).isLessThan(TOO_MANY);
            }
        }
    }

    private boolean runsIntoTrouble(int from, boolean lasting, boolean answered) throws IOException {
        Tree tree = new Tree(dir.resolve((lasting ? "lasting" : "once") + from));
        Trouble trouble = new Trouble(from, lasting);
        try (FolderJobStore store = FolderJobStore.open(
                tree.folders, new FaultyDisk(trouble::operation), Ids.create(), Ticker.systemTicker())) {
            Job job = claimed(store, tree, trouble);
            try {
                keep(job, answered);
                job.complete();
            } catch (IOException e) {
                assertThat(job.outcome()).isEqualTo(answered ? Outcome.REPLY : Outcome.PROBLEM);
                assertThat(job.finished()).isFalse();
                trouble.over = true;
                job.complete();
            }
            assertThat(job.finished()).isTrue();
            assertThat(store.adopt()).isEmpty();
        }
        String[] expected = answered
                ? new String[] {"outbox/a.reply.txt", "outbox/a.reply.json", "done/a.txt"}
                : new String[] {"failed/a.error.json", "failed/a.txt"};
        assertThat(tree.files()).as("trouble from operation %d", from).containsOnlyKeys(expected);
        assertThat(tree.entries()).isZero();
        return trouble.seen;
    }

    private static void keep(Job job, boolean answered) throws IOException {
        if (answered) {
            job.keepReply(Tree.reply(job.id(), "x"));
        } else {
            job.keepProblem(Tree.problem());
        }
    }

    /** The job after trouble while it was claimed: the file is still in the inbox, or can be adopted. */
    private static Job claimed(FolderJobStore store, Tree tree, Trouble trouble) throws IOException {
        Path file = tree.put("inbox/a.txt", "input");
        try {
            return store.claim(file).orElseThrow();
        } catch (IOException e) {
            if (trouble.lasting) {
                assertThat(store.adopt()).isEmpty();
            }
            trouble.over = true;
            List<Job> adopted = store.adopt();
            assertThat(adopted).hasSize(Files.exists(file) ? 0 : 1);
            return adopted.isEmpty()
                    ? Optional.of(file).flatMap(again -> claim(store, again)).orElseThrow()
                    : adopted.get(0);
        }
    }

    private static Optional<Job> claim(FolderJobStore store, Path file) {
        try {
            return store.claim(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anEntryThatVanishes_doesNotKeepTheReplyBack() throws IOException {
        Tree tree = new Tree(dir.resolve("files"));
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.txt");
            try (var paths = Files.walk(tree.folders.work().resolve(job.id()))) {
                for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
            job.keepReply(Tree.reply(job.id(), "x"));
            job.complete();

            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.txt", "outbox/a.reply.json");
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void anOutcomeThatCannotBeKept_isGivenUpWithTheJob() throws IOException {
        Tree tree = new Tree(dir.resolve("files"));
        Trouble trouble = new Trouble(8, true);
        FolderJobStore store = FolderJobStore.open(
                tree.folders, new FaultyDisk(trouble::operation), Ids.create(), Ticker.systemTicker());
        Job job = tree.claim(store, "a.txt");
        assertThat(trouble.seen).isFalse();
        try {
            job.keepReply(Tree.reply(job.id(), "x"));
        } catch (IOException e) {
            assertThat(job.outcome()).isEqualTo(Outcome.REPLY);
        }
        store.close();
        try (FolderJobStore next = tree.open()) {
            assertThat(next.adopt()).extracting(Job::outcome).containsExactly(Outcome.NONE);
        }
    }

    /** No hard link goes from one file system to another, as none goes within some. */
    @Test
    void whereThereAreNoHardLinks_theReplyIsCopied() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path file = Files.writeString(dir.resolve("file"), "content");
        assumeTrue(Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(dir)));
        Path second = memory.resolve(Ids.create().next("caravan-test-"));
        try {
            new Disk.Real().link(file, second);
            assertThat(second).hasContent("content");
        } finally {
            Files.deleteIfExists(second);
        }
    }

    @Test
    void foldersOnTwoFileSystems_areRefusedAtTheStart() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(dir)));
        Tree tree = new Tree(dir.resolve("files"));
        Files.createDirectories(tree.folders.root());
        Files.createSymbolicLink(tree.folders.inbox(), memory);

        assertThatIOException().isThrownBy(tree::open).withMessageContaining("inbox/ and .work/ must be on one file");
    }
}
