package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar where the locale cannot say a name. A shell makes the names: this test's own locale may not know them. */
@EnabledOnOs(OS.LINUX)
class LocaleIT {
    private static final String JAR =
            Path.of("target/caravan.jar").toAbsolutePath().toString();
    private static final String IN_AN_UMLAUT =
            "w=$(printf 'w\\303\\266') && mkdir \"$w\" && cd \"$w\" && LC_ALL=C exec \"$@\"";
    private static final String IN_NO_UTF8 =
            "w=$(printf 'w\\377') && mkdir \"$w\" && cd \"$w\" && LC_ALL=C.UTF-8 exec \"$@\"";

    @TempDir
    Path folder;

    private Process process;

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "emulator"})
    void workingDirectoryThatTheLocaleCannotSay_endsTheStartWithALine(String command) throws Exception {
        assertThat(run(IN_AN_UMLAUT, command))
                .singleElement()
                .asString()
                .startsWith("caravan: the working directory")
                .contains("set LC_ALL=C.UTF-8");
        assertThat(process.exitValue()).isEqualTo(2);
        try (Stream<Path> made = Files.walk(folder)) {
            assertThat(made).as("the folder and the working directory").hasSize(2);
        }
    }

    @Test
    void workingDirectoryBesideOneOfTheNameThatIsMadeOfIt_isNotTakenForIt() throws Exception {
        Files.createDirectory(folder.resolve("w??"));

        assertThat(run(IN_AN_UMLAUT, "serve")).singleElement().asString().contains("set LC_ALL=C.UTF-8");
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(folder.resolve("w??")).isEmptyDirectory();
    }

    @Test
    void workingDirectoryThatIsNotUtf8_endsTheStartWithALine() throws Exception {
        assertThat(run(IN_NO_UTF8, "serve")).singleElement().asString().contains("start in another directory");
        assertThat(process.exitValue()).isEqualTo(2);
    }

    @Test
    void help_needsNoWorkingDirectory() throws Exception {
        assertThat(run(IN_AN_UMLAUT, "--help")).anyMatch(line -> line.contains("emulator"));
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void settingThatTheLocaleCannotSay_isToldSo() throws Exception {
        String script = "CARAVAN_FILES_DIR=$(printf 'd\\303\\266') LC_ALL=C exec \"$@\"";

        assertThat(run(script, "serve"))
                .singleElement()
                .asString()
                .startsWith("caravan: caravan.files.dir = ")
                .contains("cannot say the value: set LC_ALL=C.UTF-8")
                .endsWith("(from CARAVAN_FILES_DIR)");
        assertThat(process.exitValue()).isEqualTo(2);
    }

    /** Runs the jar by a script, which has the command in its arguments. */
    private List<String> run(String script, String word) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of("sh", "-c", script, "sh", java, "-jar", JAR, word);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(AWS|CARAVAN|BEDROCK|GROQ)_.*|USE_GROQ|JDK_JAVA_OPTIONS"));
        process = builder.start();
        process.getOutputStream().close();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return lines;
    }
}
