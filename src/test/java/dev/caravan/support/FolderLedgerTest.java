package dev.caravan.support;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger sees what it is there to see: the folder door's work is done by hand here, well and badly. */
class FolderLedgerTest {
    @TempDir
    Path workingDir;

    private final Map<String, Integer> calls = new HashMap<>();
    private final DroppedFile file = DroppedFile.of(DroppedFile.Kind.TEXT, "sub/a");
    private final DroppedFile failing = DroppedFile.of(DroppedFile.Kind.FAILING, "b");
    private FolderLedger ledger;

    @BeforeEach
    void openLedger() {
        ledger = new FolderLedger(new WatchedFolder(workingDir), () -> Map.copyOf(calls));
    }

    @Test
    void goodWork_passes() throws IOException {
        answer(file);
        refuse(failing);

        assertThatCode(ledger::close).doesNotThrowAnyException();
    }

    @Test
    void halfWrittenResult_isSeen() throws IOException {
        answer(file);
        write("outbox/other.reply.json", "{\"text\": \"This is " + file.mark());

        assertThatThrownBy(ledger::look).isInstanceOf(AssertionError.class).hasMessageContaining("no JSON");
    }

    @Test
    void changedResult_isSeen() throws IOException {
        answer(file);
        ledger.look();
        write("outbox/sub/a.reply.txt", "That was " + file.mark());

        assertThatThrownBy(ledger::look).isInstanceOf(AssertionError.class).hasMessageContaining("there before");
    }

    @Test
    void resultTakenAway_isSeen() throws IOException {
        answer(file);
        ledger.look();
        Files.delete(workingDir.resolve("files/outbox/sub/a.reply.json"));

        assertThatThrownBy(ledger::look).isInstanceOf(AssertionError.class).hasMessageContaining("there before");
    }

    @Test
    void finishedRequestPaidAgain_isSeen() throws IOException {
        answer(file);
        ledger.look();
        calls.merge(file.mark(), 1, Integer::sum);

        assertThatThrownBy(ledger::look).isInstanceOf(AssertionError.class).hasMessageContaining(file.mark());
    }

    @Test
    void lostFile_isSeen() throws IOException {
        answer(file);
        ledger.drop(failing);
        Files.delete(workingDir.resolve("files/inbox/b.txt"));

        assertThatThrownBy(ledger::close).isInstanceOf(AssertionError.class).hasMessageContaining(failing.mark());
    }

    @Test
    void fileThatWasNotTakenUp_isSeen() {
        ledger.drop(file);

        assertThatThrownBy(ledger::close).isInstanceOf(AssertionError.class).hasMessageContaining("inbox");
    }

    @Test
    void answerOfAnotherFile_isSeen() throws IOException {
        answer(file);
        write("outbox/sub/a.reply.json", "{\"text\": \"This is mark-99999\"}");

        assertThatThrownBy(ledger::close).isInstanceOf(AssertionError.class).hasMessageContaining("sub/a");
    }

    @Test
    void secondResultOfOneFile_isSeen() throws IOException {
        answer(file);
        write("outbox/sub/a-2.reply.json", "{\"text\": \"This is " + file.mark() + "\"}");

        assertThatThrownBy(ledger::close).isInstanceOf(AssertionError.class).hasMessageContaining("belong to no input");
    }

    @Test
    void entryLeftInWork_isSeen() throws IOException {
        answer(file);
        Files.createDirectories(workingDir.resolve("files/.work/job_1"));

        assertThatThrownBy(ledger::close).isInstanceOf(AssertionError.class).hasMessageContaining(".work");
    }

    private void answer(DroppedFile one) throws IOException {
        ledger.drop(one);
        calls.put(one.mark(), 1);
        write("outbox/sub/a.reply.txt", "This is " + one.mark());
        write("outbox/sub/a.reply.json", "{\"text\": \"This is " + one.mark() + "\"}");
        move(one.path(), "done");
    }

    private void refuse(DroppedFile one) throws IOException {
        ledger.drop(one);
        calls.put(one.mark(), 1);
        write("failed/b.error.json", "{\"code\": \"invalid_request\"}");
        move(one.path(), "failed");
    }

    private void write(String path, String content) throws IOException {
        Path target = workingDir.resolve("files").resolve(path);
        Files.createDirectories(target.getParent());
        Files.writeString(target, content);
    }

    private void move(String path, String area) throws IOException {
        Path target = workingDir.resolve("files").resolve(area).resolve(path);
        Files.createDirectories(target.getParent());
        Files.move(workingDir.resolve("files/inbox").resolve(path), target);
    }
}
