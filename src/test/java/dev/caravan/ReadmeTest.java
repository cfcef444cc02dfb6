package dev.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.app.Service;
import dev.caravan.config.SettingsSources;
import dev.caravan.config.SettingsTable;
import dev.caravan.error.ErrorKind;
import dev.caravan.runtime.Json;
import dev.caravan.support.JavaProgram;
import dev.caravan.support.SseEvent;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** README keeps its promises: tables say what the code says, and each example gives what stands below it. */
@Timeout(120)
class ReadmeTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```sh\n((?:curl|echo|cat) .*?)```\n(?:```(json|text|sse)\n(.*?)```)?", Pattern.DOTALL);

    private static final Pattern ROUTE = Pattern.compile("```yaml\n# (routes/\\S+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SWITCHED_ON =
            Pattern.compile("```sh\n(\\w+)=(\\w+) java -jar target/caravan.jar\n```");

    @TempDir
    static Path workingDir;

    private static Service service;

    /** @param kind {@code json}, {@code text} or {@code sse}; null when nothing stands below the command */
    record Example(String command, String kind, String expected) {
        @Override
        public String toString() {
            return command;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> variables = new HashMap<>(
                Map.of("CARAVAN_BEDROCK_MODE", "embedded", "CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"));
        Matcher switchedOn = SWITCHED_ON.matcher(readme());
        assertThat(switchedOn.find()).isTrue();
        variables.put(switchedOn.group(1), switchedOn.group(2));
        Matcher route = ROUTE.matcher(readme());
        while (route.find()) {
            Path file = workingDir.resolve(route.group(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, route.group(2));
        }
        service = Service.start(SettingsSources.standalone(workingDir, variables, new Properties()));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    static Stream<Example> examples() throws IOException {
        return EXAMPLE.matcher(readme())
                .results()
                .map(match -> new Example(match.group(1).strip(), match.group(2), match.group(3)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_givesWhatStandsBelowIt(Example example, @TempDir Path outputDir) throws Exception {
        Assumptions.assumeTrue(onPath("curl") && onPath("bash"), "needs bash and curl on the path");
        String command = example.command()
                .replace("localhost:8080", "127.0.0.1:" + service.port())
                .replace("localhost:9876", "127.0.0.1:" + service.managementPort());

        Path outputFile = outputDir.resolve("output");
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(workingDir.toFile())
                .redirectOutput(outputFile.toFile())
                .start();
        boolean ended = process.waitFor(30, TimeUnit.SECONDS);
        process.destroyForcibly();
        byte[] output = Files.readAllBytes(outputFile);

        assertThat(ended).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(output).isNotEmpty();
        if ("text".equals(example.kind())) {
            assertThat(new String(output, StandardCharsets.UTF_8))
                    .contains(example.expected().strip());
        } else if ("sse".equals(example.kind())) {
            compareEvents(SseEvent.read(example.expected() + "\n"), new String(output, StandardCharsets.UTF_8));
        } else if (example.expected() != null) {
            compare(Json.read(example.expected().getBytes(StandardCharsets.UTF_8)), Json.read(output));
        }
    }

    /** Of more deltas than stand there only the first ones are the same. */
    private static void compareEvents(List<SseEvent> expected, String output) throws IOException {
        List<SseEvent> actual = SseEvent.read(output);
        Iterator<SseEvent> rest = actual.iterator();
        for (SseEvent event : expected) {
            SseEvent found = rest.next();
            while (found.name() == null
                    || found.name().equals("delta") && !event.name().equals("delta")) {
                found = rest.next();
            }
            assertThat(found.name()).isEqualTo(event.name());
            compare(event.data(), found.data());
        }
        assertThat(rest).isExhausted();
    }

    /** Texts with an ellipsis and times stand for others of their kind; all else is the same. */
    private static void compare(JsonNode expected, JsonNode actual) {
        expected.properties().forEach(field -> {
            JsonNode value = actual.path(field.getKey());
            assertThat(value.getNodeType())
                    .as(field.getKey())
                    .isEqualTo(field.getValue().getNodeType());
            if (value.isObject()) {
                compare(field.getValue(), value);
                return;
            }
            boolean sample = field.getKey().equals("latency_ms")
                    || field.getValue().asText().contains("…");
            if (!sample) {
                assertThat(value).as(field.getKey()).isEqualTo(field.getValue());
            }
        });
    }

    @Test
    void schedule_writesTheReportOfTheDay() {
        Path outbox = workingDir.resolve("files/outbox");

        Awaitility.await()
                .untilAsserted(() -> assertThat(outbox)
                        .isDirectoryContaining("regex:.*/report-\\d{4}-\\d\\d-\\d\\d\\.reply\\.txt")
                        .isDirectoryContaining("regex:.*/report-\\d{4}-\\d\\d-\\d\\d\\.reply\\.json"));
    }

    @Test
    void plainJava_compilesAndRuns(@TempDir Path dir) throws Exception {
        String snippet = javaWith("LlmClients.create()");
        String program = """
                import dev.caravan.chat.LlmStream;
                import dev.caravan.client.*;
                import java.time.LocalDate;
                import java.util.List;
                public class Program {
                    public static void main(String[] args) {
                %s
                    }
                }
                """;

        String output =
                JavaProgram.compile(dir, "Program", program.formatted(snippet)).run("-Dcaravan.bedrock.mode=embedded");

        assertThat(output).containsPattern("sample \\w+: \\[.*]").contains("\"Tell me of the sea.\"");
    }

    @Test
    void camelApplication_compilesAndRuns(@TempDir Path dir) throws Exception {
        String snippet = javaWith("caravan:generate");
        String program = """
                import dev.caravan.chat.LlmReply;
                import org.apache.camel.builder.RouteBuilder;
                import org.apache.camel.impl.DefaultCamelContext;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        try (DefaultCamelContext context = new DefaultCamelContext()) {
                            context.addRoutes(new RouteBuilder() {
                                @Override
                                public void configure() {
                %s
                                }
                            });
                            context.start();
                            System.out.println(context.createProducerTemplate().requestBody("direct:question", "Why?"));
                        }
                    }
                }
                """;

        String output =
                JavaProgram.compile(dir, "Program", program.formatted(snippet)).run("-Dcaravan.bedrock.mode=embedded");

        assertThat(output).contains("You asked: \"Why?\"");
    }

    private static String javaWith(String part) throws IOException {
        return JAVA.matcher(readme())
                .results()
                .map(match -> match.group(1))
                .filter(text -> text.contains(part))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void settingsTable_isTheTableOfKeys() throws IOException {
        assertThat(readme()).contains(String.join("\n", SettingsTable.markdown()));
    }

    @Test
    void errorTable_isTheErrorTable() throws IOException {
        String readme = readme();
        for (ErrorKind kind : ErrorKind.values()) {
            Matcher row = Pattern.compile("(?m)^\\| " + kind.code() + " \\| (\\d+) \\| .* \\| (yes|no) \\|$")
                    .matcher(readme);
            assertThat(row.find()).as(kind.code()).isTrue();
            assertThat(row.group(1)).isEqualTo(Integer.toString(kind.status()));
            assertThat(row.group(2)).isEqualTo(kind.retryable() ? "yes" : "no");
        }
    }

    @Test
    void everyTopPackage_isListed() throws IOException {
        String readme = readme();
        try (Stream<Path> folders = Files.list(Path.of("src/main/java/dev/caravan"))) {
            folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .forEach(name -> assertThat(readme).contains("| `dev.caravan." + name));
        }
    }

    @Test
    void links_leadSomewhere() throws IOException {
        Matcher link = Pattern.compile("\\]\\((docs/[^)#]+)").matcher(readme());
        while (link.find()) {
            assertThat(Path.of(link.group(1))).exists();
        }
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
