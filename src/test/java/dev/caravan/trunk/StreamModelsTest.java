package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Tool;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On every model a streamed answer is the one in one piece, over real HTTP. */
class StreamModelsTest {
    private static TestTrunk trunk;
    private static Tool tool;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start("caravan.rate-limit.requests=0");
        tool = new Tool("lookup", "Looks something up", Json.read("""
                {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""".getBytes(StandardCharsets.UTF_8)));
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    static Stream<String> models() {
        return Stream.concat(
                TestTrunk.chatModels().stream().map(Model::id), Stream.of(TestTrunk.UNKNOWN_ID, TestTrunk.UNKNOWN_ARN));
    }

    static Stream<String> modelsWithTools() {
        return Stream.concat(
                TestTrunk.chatModels().stream()
                        .filter(model -> model.capabilities().tools())
                        .map(Model::id),
                Stream.of(TestTrunk.UNKNOWN_ID));
    }

    @ParameterizedTest
    @MethodSource("models")
    void words_areThoseOfTheAnswerInOnePiece(String model) throws Exception {
        same(() -> LlmRequest.ofPrompt("Why is the sky blue? 🌍").model(model));
    }

    @ParameterizedTest
    @MethodSource("models")
    void anAnswerThatIsCutOff_isTheSame(String model) throws Exception {
        same(() -> LlmRequest.ofPrompt("Why is the sky blue?").model(model).maxTokens(5));
    }

    @ParameterizedTest
    @MethodSource("modelsWithTools")
    void calls_areThoseOfTheAnswerInOnePiece(String model) throws Exception {
        LlmReply reply =
                same(() -> LlmRequest.ofPrompt("Weather in Oslo?").model(model).tools(List.of(tool)));

        assertThat(reply.toolCalls()).hasSizeLessThanOrEqualTo(1);
    }

    private interface Asked {
        LlmRequest.Builder request();
    }

    private static LlmReply same(Asked asked) throws Exception {
        LlmReply whole = trunk.ask(asked.request().build());
        TestSink sink = new TestSink();

        Exchange exchange = trunk.stream(Trunk.GENERATE, asked.request(), sink);

        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        LlmReply reply = exchange.getMessage().getBody(LlmReply.class);
        assertThat(reply.text()).isEqualTo(whole.text());
        assertThat(reply.reasoning()).isEqualTo(whole.reasoning());
        assertThat(reply.stopReason()).isEqualTo(whole.stopReason());
        assertThat(reply.stopReasonRaw()).isEqualTo(whole.stopReasonRaw());
        assertThat(reply.usage()).isEqualTo(whole.usage());
        assertThat(reply.model()).isEqualTo(whole.model());
        assertThat(reply.toolCalls())
                .usingElementComparator(
                        (a, b) -> a.name().equals(b.name()) && a.input().equals(b.input()) ? 0 : 1)
                .containsExactlyElementsOf(whole.toolCalls());
        joined(sink, reply);
        return reply;
    }

    private static void joined(TestSink sink, LlmReply reply) throws Exception {
        assertThat(sink.starts).hasSize(1);
        assertThat(sink.starts.get(0).model()).isEqualTo(reply.model());
        assertThat(sink.starts.get(0).id()).isEqualTo(reply.id());
        assertThat(sink.starts.get(0).emulated()).isTrue();
        assertThat(sink.text(1)).isEqualTo(reply.text());
        assertThat(sink.reasoning()).isEqualTo(reply.reasoning() == null ? "" : reply.reasoning());
        List<Part.ToolInput> inputs = sink.parts.stream()
                .filter(part -> part instanceof Part.ToolInput)
                .map(part -> (Part.ToolInput) part)
                .toList();
        for (int i = 0; i < reply.toolCalls().size(); i++) {
            Block.ToolUse call = reply.toolCalls().get(i);
            int index = i;
            assertThat(inputs)
                    .filteredOn(input -> input.index() == index)
                    .allSatisfy(input -> assertThat(input.id()).isEqualTo(call.id()));
            assertThat(Json.read(sink.input(i).getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(call.input());
        }
        assertThat(inputs).allMatch(input -> input.index() < reply.toolCalls().size());
    }
}
