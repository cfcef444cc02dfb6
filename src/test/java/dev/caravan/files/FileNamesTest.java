package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {
    @TempDir
    Path dir;

    /** A name as the bytes of text that stands for them: every byte but NUL and the slash. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.oneOf(
                        Arbitraries.bytes()
                                .filter(b -> b != 0 && b != '/')
                                .array(byte[].class)
                                .ofMinSize(1)
                                .ofMaxSize(40),
                        Arbitraries.strings()
                                .ofMinLength(1)
                                .ofMaxLength(20)
                                .filter(text -> text.indexOf(0) < 0 && text.indexOf('/') < 0)
                                .map(text -> text.getBytes(StandardCharsets.UTF_8)))
                .map(FileNamesTest::asText)
                .filter(name -> !name.equals(".") && !name.equals(".."));
    }

    /** The escapes of the bytes, each for itself; a path of them has these bytes. */
    private static String asText(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append((char) (b < 0 ? 0xDC00 + (b & 0xFF) : b));
        }
        return text.toString();
    }

    @Property(tries = 500)
    void everyName_isTheSamePathAgain(@ForAll("names") String bytes) {
        Assume.that(OS.LINUX.isCurrentOs());
        Path path = FileNames.path(bytes);
        String name = FileNames.of(path);

        assertThat(FileNames.path(name)).isEqualTo(path);
        assertThat(FileNames.length(name)).isEqualTo(bytes.length());
        assertThat(FileNames.path(name + ".reply.json").toUri().getRawPath())
                .isEqualTo(path.toUri().getRawPath() + ".reply.json");
    }

    @Property(tries = 500)
    void cut_isTheLongestBeginningThatFits(@ForAll("names") String bytes, @ForAll @IntRange(max = 40) int max) {
        Assume.that(OS.LINUX.isCurrentOs());
        String name = FileNames.of(FileNames.path(bytes));
        String cut = FileNames.cut(name, max);

        assertThat(name).startsWith(cut);
        assertThat(FileNames.length(cut)).isBetween(Math.min(max - 3, bytes.length()), max);
        if (!cut.isEmpty()) {
            assertThat(FileNames.of(FileNames.path(cut))).isEqualTo(cut);
        }
    }

    @Property(tries = 300)
    void everyFileOfAJob_hasItsComparedName(@ForAll("names") String file) {
        String name = ComparedName.stem(file);
        String compared = ComparedName.ofName(name);

        assertThat(name + ComparedName.suffix(file)).isEqualTo(file);
        assertThat(Stream.of(file, name + ".reply.txt", name + ".reply.json", name + ".error.json")
                        .map(ComparedName::ofFile))
                .containsOnly(compared);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void textIsUtf8AndOtherBytesAreEscaped() {
        assertThat(FileNames.of(Path.of("/x/grün 😀\n"))).isEqualTo("grün 😀\n");
        assertThat(FileNames.shown(Path.of("a").resolve(FileNames.path("b\uDCFF.txt"))))
                .isEqualTo("a/b\uFFFD.txt");
        assertThat(FileNames.of(Path.of("folder/"))).isEqualTo("folder");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void inTheCLocale_everyNameIsClaimedAndFinished() throws Exception {
        Tree tree = new Tree(dir.resolve("files"));
        String[] names = {
            "äöü.txt", "😀.md", "a b.json", "new\nline.txt", "no\uDCFFutf\uDCC3.txt", "bad\uDC80.x", "\uDCE4"
        };
        Files.createDirectories(tree.folders.inbox());
        for (String name : names) {
            Files.writeString(tree.folders.inbox().resolve(FileNames.path(name)), "input");
        }
        Process process = StoreProcess.builder(tree.folders.root(), 0).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(tree.files()).hasSize(3 + 3 + 2 + 3 + 3 + 2 + 2);
        for (String name : names) {
            boolean bad = name.startsWith("bad");
            assertExists((bad ? tree.folders.failed() : tree.folders.done()).resolve(FileNames.path(name)));
            String result = ComparedName.stem(name) + (bad ? ".error.json" : ".reply.json");
            assertExists((bad ? tree.folders.failed() : tree.folders.outbox()).resolve(FileNames.path(result)));
        }
    }

    private static void assertExists(Path path) throws IOException {
        assertThat(Files.size(path)).isPositive();
    }
}
