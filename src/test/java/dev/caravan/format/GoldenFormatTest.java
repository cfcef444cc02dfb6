package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.dialect.RequestReader;
import dev.caravan.model.Model;
import dev.caravan.model.ResolvedModel;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.TestTrunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder {@code golden/<format>/<case>} holds a request with the exact body it becomes, a reply with what is
 * read from it, or both.
 */
class GoldenFormatTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final List<String> NOT_OF_THE_FORMAT =
            List.of("id", "model", "provider", "attempts", "latency_ms", "emulated");

    static Stream<Path> requests() throws IOException {
        return casesWith("request.json");
    }

    static Stream<Path> replies() throws IOException {
        return casesWith("reply.json");
    }

    private static Stream<Path> casesWith(String file) throws IOException {
        try (Stream<Path> files = Files.walk(GOLDEN)) {
            return files.filter(path -> path.endsWith(file)).map(Path::getParent).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request_becomesExactlyThisBody(Path folder) throws IOException {
        LlmRequest request = RequestReader.read(Files.readAllBytes(folder.resolve("request.json")));
        ResolvedModel resolved = TestTrunk.resolver().resolve(request.model());
        LlmRequest checked = TestTrunk.checked(request, resolved.model());

        byte[] body = ModelFormats.of(resolved.model(), checked).write(checked, resolved.model());

        assertThat(new String(body, java.nio.charset.StandardCharsets.UTF_8) + "\n")
                .isEqualTo(Files.readString(folder.resolve("body.json")));
        assertThat(ModelFormats.of(resolved.model(), checked).name())
                .isEqualTo(folder.getParent().getFileName().toString());
    }

    /** The case's own request (also as {@code asked.json}, where its body is of no interest), else any. */
    private static LlmRequest asked(Path folder, Model model) throws IOException {
        for (String name : List.of("request.json", "asked.json")) {
            if (Files.exists(folder.resolve(name))) {
                return TestTrunk.checked(RequestReader.read(Files.readAllBytes(folder.resolve(name))), model);
            }
        }
        return LlmRequest.ofPrompt("Hello").build();
    }

    private static Model modelOf(Path folder, ModelFormat format) throws IOException {
        for (String name : List.of("request.json", "asked.json")) {
            if (Files.exists(folder.resolve(name))) {
                LlmRequest request = RequestReader.read(Files.readAllBytes(folder.resolve(name)));
                return TestTrunk.resolver().resolve(request.model()).model();
            }
        }
        return FormatModels.of(format);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void reply_isReadAsThis(Path folder) throws IOException {
        ModelFormat format = ModelFormats.named(folder.getParent().getFileName().toString());

        Model model = modelOf(folder, format);

        FormatReply reply = format.read(new WireReply(
                Files.readAllBytes(folder.resolve("reply.json")), Usage.UNKNOWN, asked(folder, model), model));

        ObjectNode written = ReplyWriter.write(new LlmReply(
                "id",
                "model",
                "provider",
                null,
                reply.text(),
                reply.reasoning(),
                reply.stopReason(),
                reply.stopReasonRaw(),
                reply.usage(),
                1,
                Duration.ZERO,
                false,
                reply.toolCalls(),
                null,
                null));
        written.remove(NOT_OF_THE_FORMAT);
        assertThat(Json.read(Json.write(written)))
                .isEqualTo(Json.read(Files.readAllBytes(folder.resolve("expected.json"))));
    }
}
