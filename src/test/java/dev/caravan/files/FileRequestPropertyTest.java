package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is dropped, the reader ends with a request or one of its two failures. */
class FileRequestPropertyTest {
    private static Path file;

    @BeforeContainer
    static void create() throws IOException {
        file = Files.createTempFile("dropped", ".txt");
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(file);
    }

    @Property(tries = 300)
    void bytesByChance_giveARequestOrARefusal(@ForAll byte[] content, @ForAll("extensions") String extension)
            throws IOException {
        Files.write(file, content);

        try {
            assertThat(new FileRequestReader(1_000_000).read(file, extension)).isNotNull();
        } catch (LlmException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> extensions() {
        return Arbitraries.of("txt", "md", "json");
    }

    @Property(tries = 2_000)
    void frontMatterByChance_givesARequestOrARefusal(@ForAll("pieces") String yaml) {
        try {
            assertThat(FileRequestReader.ofText("---\n" + yaml + "\n---\nThe text"))
                    .isNotNull();
        } catch (LlmException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> pieces() {
        Arbitrary<String> piece = Arbitraries.of(
                "model",
                "stop",
                "schema",
                "metadata",
                ": ",
                ":",
                " ",
                "\n",
                "\n  ",
                "\n- ",
                "- ",
                "? ",
                "[",
                "]",
                "{",
                "}",
                ",",
                "\"",
                "'",
                "|",
                ">",
                "&a ",
                "*a",
                "!!str ",
                "!",
                "%",
                "@",
                "`",
                "#",
                "~",
                "true",
                "no",
                "1",
                "0x1",
                ".",
                "e",
                "-",
                "_",
                "\t",
                "\r",
                "\u0085",
                "\u2028",
                "\uFEFF",
                "😀",
                "\u0000",
                "\\",
                "---",
                "...",
                "<<",
                "\u0007",
                "null",
                ".inf",
                "+");
        return piece.list().ofMaxSize(25).map(list -> String.join("", list));
    }

    /** A JSON text is YAML, too: it means the same in front matter. */
    @Property(tries = 300)
    void textsInQuotes_staySuchTexts(@ForAll("words") List<String> words) {
        String yaml = words.stream()
                .map(Json.mapper().getNodeFactory()::textNode)
                .map(Object::toString)
                .collect(Collectors.joining(", ", "stop: [", "]"));

        assertThat(FileRequestReader.ofText("---\n" + yaml + "\n---\nThe text").stop())
                .isEqualTo(words);
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.strings()
                .withCharRange(' ', '~')
                .ofMinLength(1)
                .ofMaxLength(10)
                .list()
                .ofMaxSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "{", "a: [", "\"", "&a [", "*a ", "!", "|\n", "[a, ", "a:\n "})
    @Timeout(60)
    void repeatedWithoutEnd_isRefusedInTime(String piece) {
        String yaml = piece.repeat((FrontMatter.MAX_CHARS - 100) / piece.length());

        assertThatThrownBy(() -> FileRequestReader.ofText("---\nschema: \n  " + yaml + "\n---\nThe text"))
                .isInstanceOf(LlmException.class);
    }

    @Test
    @Timeout(60)
    void longLines_areReadOrRefusedInTime() {
        String line = "x".repeat(10_000_000);

        assertThat(FileRequestReader.ofText(line).messages().get(0).text()).isEqualTo(line);
        assertThat(FileRequestReader.ofText("---\nmodel: a\n---\n" + line).model())
                .isEqualTo("a");
        assertThatThrownBy(() -> FileRequestReader.ofText("---\nmodel: " + line + "\n---\nThe text"))
                .hasMessageContaining("longer than");
        assertThatThrownBy(
                        () -> FileRequestReader.ofText("---\nmax_tokens: " + "1".repeat(900_000) + "\n---\nThe text"))
                .hasMessageContaining("line 2: a number is too long");
        assertThatThrownBy(() -> FileRequestReader.ofText("---\n" + "\r".repeat(10_000_000)))
                .hasMessageContaining("not closed");
    }

    @Test
    @Timeout(60)
    void aliasesThatWouldMultiply_areRefused() {
        String bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";

        assertThatThrownBy(() -> FileRequestReader.ofText("---\n" + bomb + "\n---\nThe text"))
                .hasMessageContaining("line 2: anchors and aliases");
    }
}
