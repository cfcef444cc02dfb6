package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxScanTest {
    @TempDir
    Path inbox;

    private long now = Long.MAX_VALUE - 10;
    private InboxScan scan;

    @BeforeEach
    void start() {
        scan = new InboxScan(inbox, Duration.ofSeconds(1), () -> now);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private List<String> ready() throws IOException {
        scan.walk(() -> {});
        List<String> names = new ArrayList<>();
        for (Path file = scan.next(); file != null; file = scan.next()) {
            names.add(inbox.relativize(file).toString());
        }
        return names;
    }

    private Path drop(String name, String text, int mtime) throws IOException {
        Path file = inbox.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return Files.setLastModifiedTime(file, FileTime.fromMillis(mtime));
    }

    @Test
    void file_isReadyOnceItWasUnchangedForLongEnough() throws IOException {
        drop("a.txt", "one", 1);

        assertThat(ready()).isEmpty();
        pass(999);
        assertThat(ready()).isEmpty();
        pass(1);
        assertThat(ready()).containsExactly("a.txt");
        assertThat(scan.waiting()).isEqualTo(1);
    }

    @Test
    void growingFile_startsAnew() throws IOException {
        drop("a.txt", "one", 1);
        ready();
        pass(900);
        drop("a.txt", "one and two", 1);
        assertThat(ready()).isEmpty();
        pass(900);
        assertThat(ready()).isEmpty();
        pass(100);
        assertThat(ready()).containsExactly("a.txt");
    }

    @Test
    void fileThatWasTouched_startsAnew() throws IOException {
        Path file = drop("a.txt", "one", 1);
        ready();
        pass(1000);
        Files.setLastModifiedTime(file, FileTime.fromMillis(2));

        assertThat(ready()).isEmpty();
    }

    @Test
    void replacedFile_startsAnew_evenWhenItLooksTheSame() throws IOException {
        drop("a.txt", "one", 1);
        ready();
        pass(1000);
        Path other = drop(".new", "two", 1);
        Files.move(other, inbox.resolve("a.txt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(ready()).isEmpty();
    }

    @Test
    void fileOfAFutureTime_isNoException() throws IOException {
        Files.setLastModifiedTime(drop("a.txt", "one", 1), FileTime.fromMillis(Long.MAX_VALUE / 2_000_000));
        ready();
        pass(1000);

        assertThat(ready()).containsExactly("a.txt");
    }

    @Test
    void withoutSettling_aFileIsReadyAtFirstSight() throws IOException {
        scan = new InboxScan(inbox, Duration.ZERO, () -> now);
        drop("a.txt", "one", 1);

        assertThat(ready()).containsExactly("a.txt");
    }

    @Test
    void oldest_comesFirst_andTiesGoByName() throws IOException {
        drop("c.txt", "x", 1);
        drop("sub/deep/b.txt", "x", 3);
        drop("z.txt", "x", 2);
        drop("a.txt", "x", 3);
        ready();
        pass(1000);

        assertThat(ready()).containsExactly("c.txt", "z.txt", "a.txt", "sub/deep/b.txt");
    }

    @Test
    void namesWithADot_arePassedOver_foldersToo() throws IOException {
        drop(".a.txt", "x", 1);
        drop(".git/b.txt", "x", 1);
        ready();
        pass(1000);

        assertThat(ready()).isEmpty();
        assertThat(scan.waiting()).isZero();
    }

    @Test
    void linksAreFoundAsSuch_andNotFollowed(@TempDir Path elsewhere) throws IOException {
        Files.writeString(elsewhere.resolve("secret.txt"), "x");
        Files.createSymbolicLink(inbox.resolve("folder"), elsewhere);
        Files.createSymbolicLink(inbox.resolve("nowhere.txt"), elsewhere.resolve("missing"));
        Files.createSymbolicLink(inbox.resolve("loop"), inbox);
        ready();
        pass(1000);

        assertThat(ready()).containsExactlyInAnyOrder("folder", "nowhere.txt", "loop");
    }

    @Test
    void takenFile_isNotOfferedAgain_butOneThatIsStillThereIs() throws IOException {
        Path a = drop("a.txt", "x", 1);
        drop("b.txt", "x", 1);
        ready();
        pass(1000);
        assertThat(ready()).hasSize(2);
        Files.delete(a);
        scan.taken(a);

        assertThat(scan.waiting()).isEqualTo(1);
        assertThat(ready()).containsExactly("b.txt");
    }

    @Test
    void refusedFile_standsBehindAllOthers_untilItHasGone() throws IOException {
        Path bad = drop("bad.txt", "x", 1);
        drop("good.txt", "x", 2);
        ready();
        pass(1000);
        ready();
        scan.refused(bad);

        assertThat(ready()).containsExactly("good.txt", "bad.txt");
        assertThat(scan.anyRefused()).isTrue();
        Files.delete(bad);
        assertThat(ready()).containsExactly("good.txt");
        assertThat(scan.anyRefused()).isFalse();
    }

    @Test
    void moreFilesThanAreTracked_comeWhenTheseHaveGone() throws IOException {
        for (int i = 0; i <= InboxScan.MAX_TRACKED; i++) {
            Files.createFile(inbox.resolve(i + ".txt"));
        }
        ready();
        pass(1000);

        List<String> first = ready();

        assertThat(first).hasSize(InboxScan.MAX_TRACKED);
        assertThat(scan.waiting()).isEqualTo(InboxScan.MAX_TRACKED + 1);
        for (String name : first) {
            Files.delete(inbox.resolve(name));
            scan.taken(inbox.resolve(name));
        }
        ready();
        pass(1000);
        assertThat(ready()).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void longWalk_letsOthersWorkMeanwhile() throws IOException {
        for (int i = 0; i < 1000; i++) {
            Files.createFile(inbox.resolve(i + ".txt"));
        }
        List<Integer> breaks = new ArrayList<>();

        scan.walk(() -> breaks.add(1));

        assertThat(breaks).hasSizeGreaterThan(2);
    }

    @Test
    void unreadableFolder_isToldOnce_andKeepsNothingElse() throws IOException {
        drop("a.txt", "x", 1);
        Path closed = Files.createDirectory(inbox.resolve("closed\nfolder"));
        drop("closed\nfolder/b.txt", "x", 2);
        Assumptions.assumeTrue(closed.toFile().setReadable(false) && !Files.isReadable(closed), "root reads all");
        try (CapturedErr err = new CapturedErr()) {
            ready();
            pass(1000);

            assertThat(ready()).containsExactly("a.txt");
            assertThat(err.text()).containsOnlyOnce("cannot be read").contains("closed?folder");
        } finally {
            assertThat(closed.toFile().setReadable(true)).isTrue();
        }
        ready();
        pass(1000);
        assertThat(ready()).contains("closed\nfolder/b.txt");
    }

    @Test
    void folderThatBecomesAFileMeanwhile_isNoTrouble() throws IOException {
        Path folder = Files.createDirectory(inbox.resolve("swapped"));
        for (int i = 0; i < 300; i++) {
            drop(i + ".txt", "x", i);
        }
        try (CapturedErr err = new CapturedErr()) {
            scan.walk(() -> {
                try {
                    Files.deleteIfExists(folder);
                    Files.writeString(folder, "a file");
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });

            assertThat(err.text()).isEmpty();
        }
    }
}
