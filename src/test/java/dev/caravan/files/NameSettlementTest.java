package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameSettlementTest {
    @TempDir
    Path dir;

    private final AtomicLong now = new AtomicLong();
    private Tree tree;
    private FolderJobStore store;

    @BeforeEach
    void open() throws IOException {
        tree = new Tree(dir.resolve("files"));
        store = FolderJobStore.open(tree.folders, new Disk.Real(), Ids.create(), now::get);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void sameNameOfAnotherExtension_isTheNext() throws IOException {
        assertThat(tree.claim(store, "a.txt").name()).isEqualTo("a");
        assertThat(tree.claim(store, "a.md").name()).isEqualTo("a-2");
        assertThat(tree.answer(store, "a.json")).isEqualTo("a-3");
        assertThat(tree.claim(store, "a.txt").name()).isEqualTo("a-4");
    }

    @Test
    void nameOfAFileThatWasJustPut_isTaken_thoughNoListingIsDue() throws IOException {
        assertThat(tree.answer(store, "a.txt")).isEqualTo("a");
        assertThat(tree.answer(store, "b.pdf")).isEqualTo("b");
        assertThat(tree.answer(store, "c.reply.txt")).isEqualTo("c.reply");

        assertThat(tree.claim(store, "b.txt").name()).isEqualTo("b-2");
        assertThat(tree.claim(store, "c.txt").name()).isEqualTo("c-2");
    }

    @Test
    void aSecondStore_seesTheFirstOnesJobs() throws IOException {
        try (FolderJobStore other = tree.open()) {
            assertThat(tree.claim(store, "sub/a.txt").name()).isEqualTo("a");
            assertThat(tree.claim(other, "sub/a.txt").name()).isEqualTo("a-2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "outbox/a.reply.txt, a-2",
        "outbox/a.reply.json, a-2",
        "outbox/a.replies.jsonl, a-2",
        "outbox/a.pdf, a-2",
        "outbox/a, a-2",
        "outbox/a.reply.reply.txt, a-2",
        "outbox/a.error.json, a-2",
        "outbox/a.b.txt, a",
        "outbox/ab.txt, a",
        "outbox/a-2.reply.txt, a",
        "outbox/sub/a.txt, a",
        "outbox/a/b.txt, a",
        "done/a.txt, a-2",
        "done/a.md, a-2",
        "done/a.jsonl, a-2",
        "done/a.tar, a-2",
        "done/a.reply.txt, a-2",
        "done/a.txt/folder, a-2",
        "failed/a.txt, a-2",
        "failed/a.doc, a-2",
        "failed/a.error.json, a",
        "failed/a.error.json/folder, a-2",
        "failed/a.reply.error.json, a"
    })
    void aFileThatIsThere_takesItsComparedName(String there, String name) throws IOException {
        tree.put(there, "x");

        assertThat(tree.claim(store, "a.txt").name()).isEqualTo(name);
    }

    @Test
    void anInputMovedBack_keepsItsNameAndLosesItsErrorFile() throws IOException {
        tree.fail(store, "a.txt");
        assertThat(tree.fail(store, "a.txt")).isEqualTo("a-2");
        Path back = tree.folders.inbox().resolve("a-2.txt");
        Files.move(tree.folders.failed().resolve("a-2.txt"), back);

        assertThat(store.claim(back).orElseThrow().name()).isEqualTo("a-2");
        assertThat(tree.files().keySet().stream().filter(file -> file.startsWith("failed")))
                .containsExactly("failed/a.error.json", "failed/a.txt");
    }

    @Test
    void anErrorFile_isNoOrphanWhenAnInputThatNoListingShowsIsThere() throws IOException {
        tree.answer(store, "other.txt");
        tree.put("failed/a.pdf", "x");
        tree.put("failed/a.error.json", "x");

        assertThat(tree.answer(store, "a.txt")).isEqualTo("a-2");
        assertThat(tree.files()).containsKeys("failed/a.pdf", "failed/a.error.json");
    }

    @Test
    void aForeignExtension_isSeenAfterASecond() throws IOException {
        tree.answer(store, "other.txt");
        tree.put("outbox/a.pdf", "x");
        now.addAndGet(TimeUnit.SECONDS.toNanos(1) + 1);

        assertThat(tree.answer(store, "a.txt")).isEqualTo("a-2");
    }

    @Test
    void subFolders_areIndependent() throws IOException {
        assertThat(tree.claim(store, "a.txt").name()).isEqualTo("a");
        assertThat(tree.claim(store, "x/a.txt").name()).isEqualTo("a");
        assertThat(tree.answer(store, "y/a.txt")).isEqualTo("a");
        assertThat(tree.answer(store, "x/y/a.txt")).isEqualTo("a");
    }

    @Test
    void marksInNames_belongToTheSameJob() throws IOException {
        assertThat(tree.answer(store, "a.reply.txt")).isEqualTo("a.reply");
        assertThat(tree.files()).containsKey("outbox/a.reply.reply.txt");
        now.addAndGet(TimeUnit.SECONDS.toNanos(1) + 1);

        assertThat(tree.answer(store, "a.txt")).isEqualTo("a-2");
        assertThat(tree.answer(store, "a.reply.txt")).isEqualTo("a.reply-2");
    }

    @Test
    void aFileThatLooksLikeAnErrorFile_isNeverTakenForOne() throws IOException {
        assertThat(tree.fail(store, "x.error.json")).isEqualTo("x.error-2");
        assertThat(tree.fail(store, "x.json")).isEqualTo("x");

        assertThat(tree.files())
                .containsOnlyKeys(
                        "failed/x.error-2.json", "failed/x.error-2.error.json", "failed/x.json", "failed/x.error.json");
    }

    @Test
    void aResultThatWouldOverwrite_isSettledAnew() throws IOException {
        Job job = tree.claim(store, "a.txt");
        job.keepReply(Tree.reply(job.id(), "mine"));
        job.writeText();
        tree.put("outbox/a.reply.json", "somebody's");
        job.complete();

        assertThat(job.name()).isEqualTo("a-2");
        assertThat(tree.files())
                .containsOnlyKeys(
                        "outbox/a.reply.json", "outbox/a-2.reply.json", "outbox/a-2.reply.txt", "done/a-2.txt")
                .containsEntry("outbox/a.reply.json", "somebody's");
    }

    @Test
    void anErrorOrInputThatWouldOverwrite_isSettledAnew() throws IOException {
        Job job = tree.claim(store, "a.txt");
        tree.put("failed/a.txt", "somebody's");
        job.keepProblem(Tree.problem());
        job.complete();
        Job last = tree.claim(store, "b.txt");
        last.keepReply(Tree.reply(last.id(), "x"));
        last.writeText();
        last.writeReply();
        tree.put("done/b.txt", "somebody's");
        last.finish();

        assertThat(tree.files())
                .containsEntry("failed/a.txt", "somebody's")
                .containsKeys("failed/a-2.txt", "failed/a-2.error.json", "outbox/b.reply.json", "done/b-2.txt")
                .containsEntry("done/b.txt", "somebody's");
    }

    @Test
    void longNames_areShortenedSoThatEverythingFits() throws IOException {
        String stem = "ä".repeat(125);
        assertThat(tree.answer(store, stem + ".txt")).isEqualTo("ä".repeat(117));
        assertThat(tree.answer(store, stem + ".txt")).isEqualTo("ä".repeat(117) + "-2");
        String suffix = "." + "y".repeat(253);
        assertThat(tree.fail(store, "x" + suffix)).isEqualTo("x");
        assertThat(tree.fail(store, "x" + suffix)).isEqualTo("x-2");
        assertThat(tree.fail(store, "z".repeat(255))).isEqualTo("z".repeat(234));
    }

    @Test
    void manyOfOneName_theNextNumberIsFoundInFewSteps() throws IOException {
        tree.put("done/a.txt", "x");
        for (int number = 2; number <= 3000; number++) {
            Files.createFile(tree.folders.done().resolve("a-" + number + ".txt"));
        }

        assertThat(tree.answer(store, "a.md")).isEqualTo("a-3001");
    }

    @Test
    void namesWithoutExtensionOrWithOddDots_areKept() throws IOException {
        assertThat(tree.answer(store, "plain")).isEqualTo("plain");
        assertThat(tree.answer(store, "dot.")).isEqualTo("dot");
        assertThat(tree.answer(store, "a.b.c.json")).isEqualTo("a.b.c");
        assertThat(tree.files()).containsKeys("done/plain", "done/dot.", "done/a.b.c.json");
    }
}
