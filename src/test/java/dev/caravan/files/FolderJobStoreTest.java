package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.caravan.files.Job.Outcome;
import dev.caravan.runtime.Ids;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderJobStoreTest {
    @TempDir
    Path dir;

    private Tree tree;

    @BeforeEach
    void tree() {
        tree = new Tree(dir.resolve("files"));
    }

    @Test
    void aTextThatIsAnswered_leavesTextReplyAndInput() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "sub/Brief.TXT");
            assertThat(job.id()).matches("job_[a-z2-7]{24}");
            assertThat(job.file()).isEqualTo("sub/Brief.TXT");
            assertThat(job.name()).isEqualTo("Brief");
            assertThat(job.extension()).isEqualTo("txt");
            assertThat(job.input()).hasContent("input sub/Brief.TXT");
            assertThat(job.outcome()).isEqualTo(Outcome.NONE);

            job.keepReply(Tree.reply("x", "grüezi"));
            assertThat(job.outcome()).isEqualTo(Outcome.REPLY);
            job.complete();

            assertThat(job.finished()).isTrue();
            assertThat(tree.files())
                    .containsOnlyKeys("outbox/sub/Brief.reply.txt", "outbox/sub/Brief.reply.json", "done/sub/Brief.TXT")
                    .containsEntry("outbox/sub/Brief.reply.txt", "grüezi")
                    .containsEntry("outbox/sub/Brief.reply.json", "{\"id\":\"x\",\"text\":\"grüezi\"}");
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void jsonThatIsAnswered_hasNoTextOfItsOwn() throws IOException {
        try (FolderJobStore store = tree.open()) {
            tree.answer(store, "a.json");

            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.json", "done/a.json");
        }
    }

    @Test
    void aFileThatFails_liesInFailedWithItsProblem() throws IOException {
        try (FolderJobStore store = tree.open()) {
            tree.fail(store, "deep/er/a.pdf");

            assertThat(tree.files()).containsOnlyKeys("failed/deep/er/a.pdf", "failed/deep/er/a.error.json");
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void aReply_isNotReplacedByAProblem() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.json");
            job.keepReply(Tree.reply(job.id(), "x"));
            job.keepProblem(Tree.problem());
            job.complete();

            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.json", "done/a.json");
        }
    }

    @Test
    void stepsThatAreDone_doNothingASecondTime() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.txt");
            job.keepReply(Tree.reply(job.id(), "x"));
            job.keepReply(Tree.reply(job.id(), "y"));
            job.writeText();
            Files.delete(tree.folders.outbox().resolve("a.reply.txt"));
            job.writeText();
            job.writeReply();
            job.writeReply();
            job.finish();
            job.finish();
            job.writeReply();
            job.release();

            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.json", "done/a.txt");
        }
    }

    @Test
    void claim_ofWhatHasGone_isEmptyAndLeavesNothing() throws IOException {
        try (FolderJobStore store = tree.open()) {
            assertThat(store.claim(tree.folders.inbox().resolve("gone.txt"))).isEmpty();
            Files.createDirectories(tree.folders.inbox().resolve("folder.txt"));
            assertThat(store.claim(tree.folders.inbox().resolve("folder.txt"))).isEmpty();

            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void claim_ofWhatGoesMeanwhile_isEmptyAndLeavesNothing() throws IOException {
        Path file = tree.put("inbox/a.txt", "x");
        Disk disk = new FaultyDisk(number -> Files.deleteIfExists(file));
        try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
            assertThat(store.claim(file)).isEmpty();
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void claim_outsideOfTheInbox_isRefused() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Path done = tree.put("done/a.txt", "x");
            assertThatIllegalArgumentException().isThrownBy(() -> store.claim(done));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.claim(tree.folders.inbox().resolve("../done/a.txt")));
            assertThatIllegalArgumentException().isThrownBy(() -> store.claim(tree.folders.inbox()));
        }
    }

    @Test
    void claim_acrossFileSystems_saysWhatMustBe() throws IOException {
        Disk disk = new FaultyDisk(number -> {
            if (number == 3) {
                throw new AtomicMoveNotSupportedException("a", "b", "cross-device link");
            }
        });
        try (FolderJobStore store = FolderJobStore.open(tree.folders, disk, Ids.create(), Ticker.systemTicker())) {
            Path file = tree.put("inbox/a.txt", "x");
            assertThatIOException()
                    .isThrownBy(() -> store.claim(file))
                    .withMessageContaining("inbox/ and .work/ must be on one file system");
            assertThat(tree.files()).containsOnlyKeys("inbox/a.txt");
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void aLink_isClaimedAsALink() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Path secret = Files.writeString(dir.resolve("secret"), "s");
            Path link = Files.createSymbolicLink(tree.folders.inbox().resolve("a.txt"), secret);
            Job job = store.claim(link).orElseThrow();
            assertThat(job.input()).isSymbolicLink();
            job.keepProblem(Tree.problem());
            job.complete();

            assertThat(tree.folders.failed().resolve("a.txt")).isSymbolicLink();
            assertThat(secret).hasContent("s");
        }
    }

    @Test
    void aMirroredFolderThatIsALink_isAnObstacleAndNothingIsWrittenThrough() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
            Files.createSymbolicLink(tree.folders.outbox().resolve("sub"), elsewhere);
            Job job = tree.claim(store, "sub/a.txt");
            assertThat(job.obstacle()).hasValue("outbox/sub is a link and must be a folder");
            job.keepProblem(Tree.problem());
            job.complete();
            assertThat(tree.folders.failed().resolve("sub/a.error.json")).exists();

            Job second = tree.claim(store, "sub/b.txt");
            second.keepReply(Tree.reply("x", "y"));
            assertThatIOException().isThrownBy(second::complete).withMessageContaining("outbox/sub is a link");
            assertThat(elsewhere).isEmptyDirectory();

            Files.delete(tree.folders.outbox().resolve("sub"));
            second.complete();
            assertThat(tree.folders.outbox().resolve("sub/b.reply.json")).exists();
        }
    }

    @Test
    void anErrorFileBehindALink_isNotDeleted() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
            Path error = Files.writeString(elsewhere.resolve("a.error.json"), "{}");
            Files.createSymbolicLink(tree.folders.failed().resolve("sub"), elsewhere);

            assertThat(tree.claim(store, "sub/a.txt").obstacle()).hasValue("failed/sub is a link and must be a folder");
            assertThat(error).exists();
        }
    }

    @Test
    void aFileInTheWay_isAnObstacle() throws IOException {
        try (FolderJobStore store = tree.open()) {
            tree.put("done/sub", "a file");

            assertThat(tree.claim(store, "sub/deep/a.txt").obstacle())
                    .hasValue("done/sub is a file and must be a folder");
            assertThat(tree.claim(store, "other/a.txt").obstacle()).isEmpty();
        }
    }

    @Test
    void foldersOfTheOperators_mayBeLinks() throws IOException {
        Path real = Files.createDirectory(dir.resolve("answers"));
        Files.createDirectory(tree.folders.root());
        Files.createSymbolicLink(tree.folders.outbox(), real);
        try (FolderJobStore store = tree.open()) {
            tree.answer(store, "sub/a.json");

            assertThat(real.resolve("sub/a.reply.json")).exists();
            assertThat(tree.folders.outbox()).isSymbolicLink();
        }
    }

    @Test
    void open_makesFoldersAndReadme_andLeavesAReadmeOfOthers() throws IOException {
        tree.open().close();
        assertThat(tree.folders.root().resolve("README.txt")).content().contains("inbox/", "outbox/", "failed/");
        Files.writeString(tree.folders.root().resolve("README.txt"), "mine");
        tree.open().close();

        assertThat(tree.folders.root().resolve("README.txt")).hasContent("mine");
        assertThat(tree.folders.inbox()).isDirectory();
    }

    @Test
    void open_overAFile_saysWhich() throws IOException {
        tree.put("done", "a file");

        assertThatIOException().isThrownBy(tree::open).withMessageContaining("done is no folder");
    }

    @Test
    void released_isAdoptedByAnyStoreOnce() throws IOException {
        try (FolderJobStore store = tree.open();
                FolderJobStore other = tree.open()) {
            Job job = tree.claim(store, "a.txt");
            assertThat(other.adopt()).isEmpty();
            assertThat(store.adopt()).isEmpty();

            job.release();
            assertThatIllegalStateException().isThrownBy(() -> job.keepReply(Tree.problem()));
            assertThat(other.adopt()).singleElement().satisfies(adopted -> {
                assertThat(adopted.id()).isEqualTo(job.id());
                assertThat(adopted.name()).isEqualTo("a");
                assertThat(adopted.outcome()).isEqualTo(Outcome.NONE);
            });
            assertThat(store.adopt()).isEmpty();
        }
    }

    @Test
    void close_releasesAllJobsWithTheirOutcomes() throws IOException {
        FolderJobStore store = tree.open();
        Job job = tree.claim(store, "a.txt");
        job.keepReply(Tree.reply(job.id(), "paid for"));
        tree.claim(store, "b.txt");
        store.close();
        Path late = tree.put("inbox/c.txt", "x");
        assertThatIllegalStateException().isThrownBy(() -> store.claim(late));

        try (FolderJobStore next = tree.open()) {
            assertThat(next.adopt())
                    .extracting(Job::outcome)
                    .containsExactlyInAnyOrder(Outcome.REPLY, Outcome.NONE, Outcome.NONE);
        }
    }

    @Test
    void aReplyThatIsInOutboxAlready_isNotAskedAgain() throws IOException {
        FolderJobStore store = tree.open();
        Job job = tree.claim(store, "a.txt");
        store.close();
        tree.put("outbox/a.reply.json", "{ \"id\" : \"" + job.id() + "\" }");

        try (FolderJobStore next = tree.open()) {
            Job adopted = next.adopt().get(0);
            assertThat(adopted.outcome()).isEqualTo(Outcome.REPLY);
            adopted.complete();
            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.json", "done/a.txt");
        }
    }

    @Test
    void rubbishInWork_isSkippedAndStays() throws IOException {
        try (FolderJobStore store = tree.open()) {
            tree.put(".work/notes.txt", "x");
            tree.put(".work/job_short/named/a.txt", "x");
            String two = ".work/job_" + "a".repeat(24);
            tree.put(two + "/named/a.txt", "x");
            tree.put(two + "/named/b.txt", "x");
            tree.put(".work/job_" + "b".repeat(24) + "/diary", "x");
            String lost = ".work/job_" + "c".repeat(24);
            tree.put(lost + "/reply.json", "{}");
            tree.put(lost + "/waiting.reply.json", "{}");
            int before = tree.files().size();

            assertThat(store.adopt()).isEmpty();
            assertThat(store.adopt()).isEmpty();
            assertThat(tree.files().keySet().stream().filter(file -> !file.endsWith("/lock")))
                    .hasSize(before);
        }
    }

    @Test
    void anEmptyEntry_isCleared() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Files.createDirectory(tree.folders.work().resolve("job_" + "a".repeat(24)));
            Files.createDirectories(tree.folders.work().resolve("job_" + "b".repeat(24) + "/claimed/x/y"));

            assertThat(store.adopt()).isEmpty();
            assertThat(tree.entries()).isZero();
        }
    }

    @Test
    void anInputThatVanishes_doesNotKeepTheReplyBack() throws IOException {
        try (FolderJobStore store = tree.open()) {
            Job job = tree.claim(store, "a.txt");
            Files.delete(job.input());
            job.keepReply(Tree.reply(job.id(), "x"));
            job.complete();

            assertThat(tree.files()).containsOnlyKeys("outbox/a.reply.txt", "outbox/a.reply.json");
            assertThat(Files.exists(job.input(), LinkOption.NOFOLLOW_LINKS)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void subFolderMovedBackFromFailed_isTakenWithoutItsErrorFile(boolean inputFirst) throws IOException {
        String problem = "{\"type\": \"urn:caravan:problem:invalid_request\"}";
        Tree tree = new Tree(dir.resolve("back"));
        try (FolderJobStore store = tree.open()) {
            Path input = tree.put("inbox/l/a.txt", "input");
            Path error = tree.put("inbox/l/a.error.json", problem);

            Optional<Job> first = store.claim(inputFirst ? input : error);
            Optional<Job> second = store.claim(inputFirst ? error : input);

            assertThat(first.isPresent()).isEqualTo(inputFirst);
            assertThat(second.isPresent()).isEqualTo(!inputFirst);
            assertThat(error).doesNotExist();
            assertThat(tree.entries()).isEqualTo(1);
        }
    }

    @Test
    void errorFileAlone_orOneThatIsNoProblem_isARequestLikeAnyOther() throws IOException {
        Tree tree = new Tree(dir.resolve("alone"));
        try (FolderJobStore store = tree.open()) {
            Path alone = tree.put("inbox/a.error.json", "{\"type\": \"urn:caravan:problem:internal\"}");
            Path beside = tree.put("inbox/b.error.json", "{\"prompt\": \"Hi\"}");
            tree.put("inbox/b.txt", "Hi");

            assertThat(store.claim(alone)).isPresent();
            assertThat(store.claim(beside)).isPresent();
        }
    }
}
