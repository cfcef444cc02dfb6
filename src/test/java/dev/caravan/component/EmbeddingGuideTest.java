package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs of docs/embedding.md, compiled and run as they stand there. */
@Timeout(120)
class EmbeddingGuideTest {
    private static final Pattern PROGRAM =
            Pattern.compile("```java\n(import .*?public class (\\w+) .*?)```", Pattern.DOTALL);

    @TempDir
    Path dir;

    private static List<MatchResult> programs() throws IOException {
        return PROGRAM.matcher(Files.readString(Path.of("docs/embedding.md")))
                .results()
                .toList();
    }

    @Test
    void guide_hasAProgramForEach() throws IOException {
        assertThat(programs()).extracting(program -> program.group(2)).containsExactly("AskFromJava", "AskFromCamel");
    }

    @ParameterizedTest
    @CsvSource({
        "AskFromJava, How far is the moon?, things",
        "AskFromCamel, How far is the moon?, Total:",
    })
    void program_compilesAndRuns(String name, String first, String last) throws Exception {
        String source = programs().stream()
                .filter(program -> program.group(2).equals(name))
                .findFirst()
                .orElseThrow()
                .group(1);
        compile(name, source);

        String output = run(name);

        assertThat(output).contains(first).contains(last).doesNotContain("Exception");
    }

    private void compile(String name, String source) throws IOException {
        Path file = Files.writeString(dir.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> options =
                List.of("-d", dir.toString(), "-cp", classPath(), "-proc:none", "-Xlint:all,-classfile,-path");
        boolean compiled;
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            compiled = compiler.getTask(complaints, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
        }
        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    private String run(String name) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        dir + File.pathSeparator + classPath(),
                        "-Dcaravan.bedrock.mode=embedded",
                        name)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(part -> Path.of(part).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
