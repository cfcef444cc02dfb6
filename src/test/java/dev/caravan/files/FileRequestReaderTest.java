package dev.caravan.files;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileRequestReaderTest {
    private static final int MAX = 2_000;

    @TempDir
    Path dir;

    private final FileRequestReader reader = new FileRequestReader(MAX);

    @Test
    void textIsThePrompt_butForOneLineEndAtItsEnd() throws Exception {
        assertThat(prompt(read("a.txt", "Hello"))).isEqualTo("Hello");
        assertThat(prompt(read("a.txt", "  Hello\n\nWorld \n"))).isEqualTo("  Hello\n\nWorld ");
        assertThat(prompt(read("a.md", "Hello\r\n"))).isEqualTo("Hello");
        assertThat(prompt(read("a.md", "Hello\n\n"))).isEqualTo("Hello\n");
        assertThat(prompt(read("a.txt", "\uFEFF---\nmodel: nova-lite\n---\nGrüße 😀\n")))
                .isEqualTo("Grüße 😀");
        assertThat(prompt(read("a.txt", "{\"prompt\": 1"))).isEqualTo("{\"prompt\": 1");
    }

    @Test
    void requestTakesTheDefaults_andHasNoWordOnTheLimit() throws Exception {
        LlmRequest request = read("a.txt", "Hello");

        assertThat(request.useDefaults()).isTrue();
        assertThat(request.onLimit()).isEqualTo(OnLimit.REJECT);
        assertThat(request.structured()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void frontMatter_carriesTheFields(String end) throws Exception {
        LlmRequest request = read("a.md", """
                --- \t
                model: claude-3-haiku   # small
                temperature: 1e-1
                max_tokens: 512
                stop: [END, no, '1']
                system_prompt: |
                  Be brief.
                  Be kind.
                metadata:
                  team: export
                  day: 2026-01-01
                max_retries:
                stream: false
                ...\s
                ---
                The text.
                """.replace("\n", end));

        assertThat(request.model()).isEqualTo("claude-3-haiku");
        assertThat(request.temperature()).isEqualTo(0.1);
        assertThat(request.maxTokens()).isEqualTo(512);
        assertThat(request.stop()).containsExactly("END", "no", "1");
        assertThat(request.system()).isEqualTo("Be brief.\nBe kind.\n");
        assertThat(request.metadata()).containsEntry("team", "export").containsEntry("day", "2026-01-01");
        assertThat(request.maxRetries()).isNull();
        assertThat(prompt(request)).isEqualTo("---" + end + "The text.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"---\n---\nHello", "---\n# nothing\n...\nHello", "---\n~\n---\nHello", "\n---\nx: 1\n---\n"})
    void frontMatterWithoutFields_orBehindAnEmptyLine_isNone(String content) throws Exception {
        assertThat(prompt(read("a.txt", content))).isIn("Hello", "\n---\nx: 1\n---");
    }

    @Test
    void schemaInFrontMatter_makesItStructured() throws Exception {
        assertThat(read("a.md", "---\nschema_name: invoice\nmax_repairs: 1\n---\nRead it")
                        .structured()
                        .schemaName())
                .isEqualTo("invoice");
        assertThat(read("a.md", "---\nschema: {type: object, required: [a], minProperties: 1}\n---\nRead it")
                        .structured()
                        .schema())
                .hasToString("{\"type\":\"object\",\"required\":[\"a\"],\"minProperties\":1}");
        assertThat(read("a.md", "---\nschema_name: ~\n---\nRead it").structured())
                .isNull();
    }

    @Test
    void conversationInFrontMatter_needsAFileWithoutText() throws Exception {
        String messages = "---\nmessages:\n- role: user\n  content: Hello\n---\n";

        assertThat(read("a.md", messages + " \n").messages()).hasSize(1);
        assertThat(prompt(read("a.md", "---\nprompt: Hello\n---\n"))).isEqualTo("Hello");
        assertThat(refusal("a.md", messages + "text")).startsWith("messages: the text of the file is the prompt");
        assertThat(refusal("a.md", "---\nprompt: Hello\n---\ntext"))
                .startsWith("prompt: the text of the file is the prompt");
        assertThat(refusal("a.md", "---\nmodel: nova-lite\n---\n \n")).contains("no text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour: red | colour: unknown field",
                "stream: true | stream: this answer is given when it is whole; leave it out or say false.",
                "stream: yes | stream: must be true or false, not a string",
                "model: 123 | model: must be a string, not the number 123",
                "model: no | ",
                "model: 2026-01-01 | ",
                "stop: 1:30 | ",
                "temperature: .5 | ",
                "temperature: +1. | ",
                "max_tokens: 1E+2 | max_tokens: must be a whole number",
                "temperature: '0.5' | temperature: must be a number, not a string",
                "max_tokens: 0x10 | line 2: 0x10 is one thing to some readers",
                "max_tokens: 0o17 | line 2: 0o17 is one thing",
                "max_tokens: 010 | line 2: 010 is one thing",
                "max_tokens: 1_000 | line 2: 1_000 is one thing",
                "temperature: .inf | line 2: .inf is one thing",
                "temperature: -.INF | line 2: -.INF is one thing",
                "temperature: .nan | line 2: .nan is one thing",
                "tools: [] | tools: this version does not have this field yet",
                "model: a\\nmodel: b | line 3: the field model is there twice",
                "stop: &a x\\nmodel: *a | line 2: anchors and aliases",
                "stop: *a | line 2: anchors and aliases",
                "&a stop: x | line 2: anchors and aliases",
                "*a : x | line 2: anchors and aliases",
                "? [a]\\n: x | line 2: the name of a field must be a plain word",
                "stop: !!binary YQ== | line 2: tags",
                "!!map {stop: x} | line 2: tags",
                "stop: !x {stop: x} | line 2: tags",
                "<<: {stop: x} | <<: unknown field",
                "- stop | must be a mapping of fields",
                "just words | must be a mapping of fields",
                "just words | A text that begins with a line --- needs an empty line before it.",
                "* one\\n* two | A text that begins with a line --- needs an empty line before it.",
                "{? : red} | line 2: a field has no name before its colon",
                "model: a\\n\"\": red | line 3: a field has no name before its colon",
                "model: a: b | line 2: it is no YAML: mapping values are not allowed here.",
                "model: a\\nstop: [x | line 4: it is no YAML: while parsing a flow sequence: expected ',' or ']'",
                "model: \"a | line 3: it is no YAML: while scanning a quoted scalar: found unexpected end",
                "model: @a | line 2: it is no YAML",
                "\\tmodel: a | line 2: it is no YAML",
                "--- x | must be a mapping of fields",
                "model: a\\n--- {stop: b} | line 3: there is a second YAML document",
            })
    void yaml_isTakenAsItReads_orRefusedWithItsLine(String yaml, String reason) throws Exception {
        String content = "---\n" + yaml.replace("\\n", "\n").replace("\\t", "\t") + "\n---\nThe text\n";

        if (reason == null) {
            assertThat(prompt(read("a.md", content))).isEqualTo("The text");
        } else {
            assertThat(refusal("a.md", content)).contains(reason);
        }
    }

    @Test
    void frontMatterThatIsNotClosed_saysWhereItBegan() throws Exception {
        assertThat(refusal("a.md", "---\nmodel: a\n\nA text.\n"))
                .contains("line 1")
                .contains("not closed");
        assertThat(refusal("a.md", "---")).contains("not closed");
        assertThat(prompt(read("a.md", "----\nA text."))).isEqualTo("----\nA text.");
        assertThat(prompt(read("a.md", "--- a\nA text."))).isEqualTo("--- a\nA text.");
    }

    @Test
    void problemsOfYaml_repeatNothingOfTheFile() throws Exception {
        assertThat(refusal("a.md", "---\nmodel: \"SECRET\n---\nx")).doesNotContain("SECRET");
        assertThat(refusal("a.md", "---\nmodel: SECRET: SECRET\n---\nx")).doesNotContain("SECRET");
        assertThat(refusal("a.md", "---\nSECRET\n---\nx")).doesNotContain("SECRET");
    }

    @Test
    void jsonIsOneRequest() throws Exception {
        LlmRequest request = read("a.json", "{\"prompt\": \"Hello\\n\", \"max_tokens\": 7}\n");

        assertThat(prompt(request)).isEqualTo("Hello\n");
        assertThat(request.maxTokens()).isEqualTo(7);
        assertThat(request.structured()).isNull();
        assertThat(read("a.json", "\uFEFF{\"prompt\": \"Hello\", \"schema\": {}}")
                        .structured())
                .isNotNull();
        assertThat(read("a.json", "{\"prompt\": \"Hello\", \"schema_name\": \"x\"}")
                        .structured()
                        .schemaName())
                .isEqualTo("x");
    }

    @Test
    void brokenJson_isRefusedWithItsPlace() throws Exception {
        assertThat(refusal("a.json", "{\n \"prompt\" \"Hello\"}")).contains("line 2, column ");
        assertThat(refusal("a.json", "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}"))
                .contains("more behind the end");
        assertThat(refusal("a.json", "[]")).startsWith("The file must be a JSON object");
        assertThat(refusal("a.json", "{")).startsWith("The file is not valid JSON");
        assertThat(refusal("a.json", "{\"prompt\": \"\\ud800\"}")).startsWith("The file has text that is not valid");
        assertThat(refusal("a.json", "{\"prompt\": \"a\", \"\": 1}")).startsWith("\"\": unknown field");
        assertThat(refusal("a.json", "{\"prompt\": \"a\", \"colour\": 1}")).startsWith("colour: unknown field");
    }

    @Test
    void unknownField_isToldAllThatAFileMayHave() throws Exception {
        String known = "max_repairs, schema, schema_name.";

        assertThat(refusal("a.json", "{\"prompt\": \"a\", \"shema\": {}}")).endsWith(known);
        assertThat(refusal("a.md", "---\nshema: {}\n---\nThe text")).endsWith(known);
    }

    @Test
    void extensions_areNamedWhenTheyAreNotTaken() throws Exception {
        assertThat(refusal("a.jsonl", "{}")).contains("(.jsonl) are not in this version");
        assertThat(refusal("a.pdf", "x")).contains(".pdf").contains(".txt, .md and .json");
        assertThat(refusal("a", "x")).contains("no extension").contains(".txt, .md and .json");
        Path file = Files.writeString(dir.resolve("odd"), "x");
        assertThatThrownBy(() -> reader.read(file, "a\nINFO forged"))
                .isInstanceOf(LlmException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void emptyAndBlankFiles_areRefused() throws Exception {
        assertThat(refusal("a.txt", "")).isEqualTo("The file is empty.");
        assertThat(refusal("a.json", " \n")).isEqualTo("The file is blank.");
        assertThat(refusal("a.md", "\uFEFF\u200B\n")).isEqualTo("The file is blank.");
    }

    @Test
    void otherEncodings_areNamed() throws Exception {
        assertThat(refusal("a.txt", "Grüße".getBytes(UTF_16))).contains("UTF-16");
        assertThat(refusal("a.json", "\uFEFF{}".getBytes(UTF_16LE))).contains("UTF-16");
        assertThat(refusal("a.txt", "Hello".getBytes(UTF_16LE))).contains("zero byte at offset 1");
        assertThat(refusal("a.txt", "\uFEFFHi".getBytes(Charset.forName("UTF-32LE"))))
                .contains("UTF-32");
        assertThat(refusal("a.txt", "Gr\u00fc\u00dfe".getBytes(Charset.forName("ISO-8859-1"))))
                .contains("offset 2");
        assertThat(refusal("a.json", new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', (byte) 0xFF}))
                .contains("offset 4");
        assertThat(refusal("a.txt", new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}))
                .contains("offset 1");
    }

    @Test
    void fileBeyondTheLimit_isNotRead() throws Exception {
        Path atLimit = Files.writeString(dir.resolve("a.txt"), "x".repeat(MAX));
        Path beyond = Files.writeString(dir.resolve("b.txt"), "x".repeat(MAX + 1));

        assertThat(prompt(reader.read(atLimit, "txt"))).hasSize(MAX);
        LlmException refused = catchThrowableOfType(LlmException.class, () -> reader.read(beyond, "txt"));
        assertThat(refused.kind()).isEqualTo(ErrorKind.PAYLOAD_TOO_LARGE);
        assertThat(refused).hasMessageContaining("2000 bytes");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fileThatSaysItIsEmptyButHasMore_isBoundedToo() {
        assertThatThrownBy(() -> new FileRequestReader(10).read(Path.of("/proc/self/status"), "txt"))
                .isInstanceOfSatisfying(
                        LlmException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.PAYLOAD_TOO_LARGE));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whatIsNoFile_isNeverOpened() throws Exception {
        Path file = Files.writeString(dir.resolve("real.txt"), "Hello");
        Path link = Files.createSymbolicLink(dir.resolve("link.txt"), file);
        Path folder = Files.createDirectory(dir.resolve("folder.txt"));
        Path pipe = dir.resolve("pipe.txt");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(invalid(link)).contains("a link");
        assertThat(invalid(folder)).contains("a folder");
        assertThat(invalid(pipe)).contains("pipe");
        assertThatThrownBy(() -> reader.read(dir.resolve("gone.txt"), "txt")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void fileWithoutPermission_cannotBeRead() throws Exception {
        Path file = Files.writeString(dir.resolve("a.txt"), "Hello");
        assertThat(file.toFile().setReadable(false, false)).isTrue();
        assumeThat(Files.isReadable(file)).isFalse();

        assertThat(invalid(file)).contains("cannot be read");
    }

    private LlmRequest read(String name, String content) throws IOException {
        return reader.read(Files.writeString(dir.resolve(name), content), extension(name));
    }

    private String refusal(String name, String content) throws IOException {
        return refusal(name, content.getBytes(UTF_8));
    }

    private String refusal(String name, byte[] content) throws IOException {
        return invalid(Files.write(dir.resolve(name), content));
    }

    private String invalid(Path file) {
        LlmException refused = catchThrowableOfType(
                LlmException.class,
                () -> reader.read(file, extension(file.getFileName().toString())));
        assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        return refused.getMessage();
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static String prompt(LlmRequest request) {
        return request.messages().get(0).text();
    }
}
