package dev.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotEnvFileTest {
    @TempDir
    Path folder;

    private final Complaints complaints = new Complaints();

    @Test
    void missingFile_hasNoEntries() {
        assertThat(DotEnvFile.read(folder, complaints)).isEmpty();
        assertThat(complaints.warnings()).isEmpty();
    }

    @Test
    void entries_areReadWithCommentsQuotesAndManyLines() throws IOException {
        assertThat(read("""
                # comment

                PLAIN = a=b  # comment
                DOUBLE="a # b" # comment
                SINGLE='a # b'
                EMPTY=
                PEM="one
                # two
                three"
                LAST=1"""))
                .isEqualTo(Map.of(
                        "PLAIN", "a=b",
                        "DOUBLE", "a # b",
                        "SINGLE", "a # b",
                        "EMPTY", "",
                        "PEM", "one\n# two\nthree",
                        "LAST", "1"));
        complaints.throwIfAny();
        assertThat(complaints.warnings()).isEmpty();
    }

    @Test
    void windowsLineEnds_areFine() throws IOException {
        assertThat(read("A=1\r\nB=\"2\"\r\n")).isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void folderThatIsItselfNamedDotEnv_isReadFrom() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("a b.env"));
        Files.writeString(odd.resolve(".env"), "A=1");
        assertThat(DotEnvFile.read(odd, complaints)).isEqualTo(Map.of("A", "1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "export A=hush | write NAME=value without export",
                "hush | must be NAME=value, or a comment that begins with # at the start of the line",
                "=hush | must be NAME=value, or a comment that begins with # at the start of the line",
                "A=\"hush | the double quote is not closed",
                "A='hush | the single quote is not closed",
                "A=\"hush\"x | nothing but a comment may follow the closing quote",
                "A=hush\" | a value that ends with a double quote must begin with one"
            })
    void brokenLine_isAProblemWithItsNumber_andWithoutItsText(String line, String rule) throws IOException {
        assertThat(read("B=1\n" + line + "\nC=2\n")).isEmpty();
        assertThat(problems()).containsExactly(".env line 2: " + rule);
    }

    @Test
    void byteOrderMark_isAProblem() throws IOException {
        read("\uFEFFA=1");
        assertThat(problems())
                .containsExactly(".env line 1: the file begins with a byte order mark; save it as UTF-8 without one");
    }

    @Test
    void otherEncoding_isAProblem() throws IOException {
        Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xff});
        DotEnvFile.read(folder, complaints);
        assertThat(problems()).containsExactly(".env: must be a readable file in UTF-8");
    }

    @Test
    void folderNamedDotEnv_isAWarning() throws IOException {
        Files.createDirectory(folder.resolve(".env"));
        assertThat(DotEnvFile.read(folder, complaints)).isEmpty();
        assertThat(complaints.warnings()).containsExactly(".env is a folder and is not read");
    }

    @Test
    void hashThatCutsAValue_isAWarning() throws IOException {
        assertThat(read("A=abc#def\n")).isEqualTo(Map.of("A", "abc"));
        assertThat(complaints.warnings()).singleElement().asString().startsWith(".env line 1: the value ends at the #");
    }

    private Map<String, String> read(String text) throws IOException {
        Files.writeString(folder.resolve(".env"), text);
        return DotEnvFile.read(folder, complaints);
    }

    private List<String> problems() {
        return catchThrowableOfType(SettingsException.class, complaints::throwIfAny)
                .problems();
    }
}
