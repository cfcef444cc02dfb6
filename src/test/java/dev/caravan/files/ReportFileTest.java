package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
    private static final String NAME = "report-2026-03-01";
    private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void claim_isOfOneAtATime() throws IOException {
        ReportFile first = new ReportFile(folder, NAME);
        ReportFile second = new ReportFile(folder, NAME);

        assertThat(first.claim()).isTrue();
        assertThat(second.claim()).isFalse();
        assertThat(second.write(TEXT, TEXT)).isFalse();
        assertThat(first.claim()).isTrue();
        first.release();
        assertThat(second.claim()).isTrue();
        second.release();
    }

    @Test
    void claimOfAnotherProcess_endsWithIt() throws Exception {
        ReportFile ours = new ReportFile(folder, NAME);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, place(Holder.class), place(ReportFile.class)),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = other.inputReader()) {
            assertThat(out.readLine()).isEqualTo("true");
            assertThat(ours.claim()).isFalse();
        } finally {
            other.destroyForcibly().waitFor();
        }

        assertThat(ours.claim()).isTrue();
        ours.release();
    }

    /** Claims the report of a folder and works at it until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            System.out.println(new ReportFile(Path.of(args[0]), NAME).claim());
            System.in.read();
        }
    }

    private static String place(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    @Test
    void fullDisk_isToldByThePath_andNothingIsLeft() throws IOException {
        ReportFile file = new ReportFile(folder, NAME, new FullDisk());

        assertThatThrownBy(file::requireWritable)
                .isInstanceOf(LlmException.class)
                .hasMessage(folder.resolve("outbox") + " cannot be written: No space left on device")
                .extracting(e -> ((LlmException) e).kind())
                .isEqualTo(ErrorKind.OVERLOADED);
        assertThatThrownBy(() -> file.write(TEXT, TEXT))
                .hasMessage(folder.resolve("outbox").resolve(NAME + ".reply.txt")
                        + " cannot be written: No space left on device");

        file.release();
        assertThat(namesInOutbox()).isEmpty();
    }

    private List<String> namesInOutbox() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("outbox"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** Names still fit on it, contents do not. */
    private static final class FullDisk implements Disk {
        private final Disk real = new Disk.Real();

        @Override
        public void write(Path file, byte[] content) throws IOException {
            real.write(file, new byte[0]);
            throw new IOException("No space left on device");
        }

        @Override
        public void link(Path file, Path second) throws IOException {
            real.link(file, second);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void makeFolder(Path made) throws IOException {
            real.makeFolder(made);
        }

        @Override
        public void delete(Path path) throws IOException {
            real.delete(path);
        }

        @Override
        public void sync(Path synced) throws IOException {
            real.sync(synced);
        }
    }
}
