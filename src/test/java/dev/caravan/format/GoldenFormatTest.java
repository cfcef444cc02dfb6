package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder {@code golden/<format>/<case>} holds a request with the exact body it becomes, a reply with what is
 * read from it, or both. A reply may stand there as the events of a stream, one a line; ConverseStream's within their
 * names.
 */
class GoldenFormatTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final List<String> CUT = List.of(
            "anthropic-messages",
            "cohere-chat",
            "converse",
            "jamba-chat",
            "mistral-chat",
            "nova-messages-v1",
            "openai-chat");
    private static final List<String> NOT_OF_THE_FORMAT =
            List.of("id", "model", "provider", "attempts", "latency_ms", "emulated");

    static Stream<Path> requests() throws IOException {
        return casesWith("request.json");
    }

    static Stream<Path> replies() throws IOException {
        return casesWith("reply.json");
    }

    /** Those of formats whose bodies are no prompts: a prompt's reply has only its text to cut. */
    static Stream<Path> cutReplies() throws IOException {
        return replies()
                .filter(folder -> CUT.contains(folder.getParent().getFileName().toString()));
    }

    static Stream<Path> streams() throws IOException {
        return casesWith("stream.jsonl");
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

        assertThat(written(reply)).isEqualTo(expected(folder));
    }

    @ParameterizedTest
    @MethodSource("cutReplies")
    void reply_thatComesInEvents_isReadAsThis(Path folder) throws IOException {
        ModelFormat format = ModelFormats.named(folder.getParent().getFileName().toString());
        Model model = modelOf(folder, format);
        JsonNode body = Json.read(Files.readAllBytes(folder.resolve("reply.json")));

        for (int seed = 0; seed < 5; seed++) {
            StreamRun run =
                    StreamRun.of(format, asked(folder, model), model, new StreamCutter(seed).cut(format.name(), body));

            assertThat(run.ended).isTrue();
            run.assertPartsAreTheReply();
            assertThat(written(run.reply)).isEqualTo(expected(folder));
        }
    }

    @ParameterizedTest
    @MethodSource("streams")
    void stream_isReadAsThis(Path folder) throws IOException {
        ModelFormat format = ModelFormats.named(folder.getParent().getFileName().toString());
        Model model = modelOf(folder, format);
        List<StreamRun.Event> events = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("stream.jsonl"))) {
            boolean named = format.operation() == ModelFormat.Operation.CONVERSE;
            events.add(named ? StreamRun.named(StreamRun.parsed(line)) : StreamRun.chunk(line));
        }

        StreamRun run = StreamRun.of(format, asked(folder, model), model, events);

        assertThat(run.ended).isTrue();
        run.assertPartsAreTheReply();
        assertThat(written(run.reply)).isEqualTo(expected(folder));
    }

    private static JsonNode expected(Path folder) throws IOException {
        return Json.read(Files.readAllBytes(folder.resolve("expected.json")));
    }

    private static JsonNode written(FormatReply reply) throws IOException {
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
        return Json.read(Json.write(written));
    }
}
