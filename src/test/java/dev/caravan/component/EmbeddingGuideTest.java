package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
        assertThat(programs())
                .extracting(program -> program.group(2))
                .containsExactly("AskFromJava", "StreamFromJava", "AskFromCamel", "StreamFromCamel");
    }

    @ParameterizedTest
    @CsvSource({
        "AskFromJava, How far is the moon?, things",
        "StreamFromJava, How far is the moon?, Printed.",
        "StreamFromCamel, Stopped by, Bytes:",
        "AskFromCamel, How far is the moon?, Total:",
    })
    void program_compilesAndRuns(String name, String first, String last) throws Exception {
        String source = programs().stream()
                .filter(program -> program.group(2).equals(name))
                .findFirst()
                .orElseThrow()
                .group(1);

        String output = JavaProgram.compile(dir, name, source).run("-Dcaravan.bedrock.mode=embedded");

        assertThat(output).contains(first).contains(last).doesNotContain("Exception");
    }
}
