package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a stream, what it counts and how it fails. */
class PromptStreamEndsTest {
    private static final LlmRequest PLAIN = LlmRequest.ofPrompt("Hi").build();

    @ParameterizedTest
    @ValueSource(strings = {"llama2-prompt", "llama3-prompt", "llama4-prompt", "mistral-prompt", "mistral-prompt-v2"})
    void anImportedModelMayAnswerAsATextCompletion(String format) {
        StreamRun streamed = of(
                format,
                PLAIN,
                "{\"choices\":[{\"index\":0,\"text\":\" Hel\",\"finish_reason\":null}]}",
                "{\"choices\":[{\"index\":0,\"text\":\"lo\",\"finish_reason\":\"length\"}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}",
                "\"[DONE]\"");

        assertThat(streamed.told().subList(0, 2)).containsExactly(List.of("T:Hel"), List.of("T:lo"));
        assertThat(streamed.reply)
                .isEqualTo(
                        new FormatReply("Hello", null, List.of(), StopReason.MAX_TOKENS, "length", Usage.of(3L, 2L)));
    }

    @Test
    void countsThatRunAreNotAdded() {
        StreamRun streamed = of(
                "llama3-prompt",
                PLAIN,
                "{\"generation\":\"a\",\"prompt_token_count\":76,\"generation_token_count\":1,\"stop_reason\":null}",
                "{\"generation\":\"b\",\"prompt_token_count\":null,\"generation_token_count\":2,\"stop_reason\":null}",
                "{\"generation\":\"\",\"prompt_token_count\":null,\"generation_token_count\":3.0,\"stop_reason\":\"stop\","
                        + "\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":70,\"outputTokenCount\":8,"
                        + "\"cacheReadInputTokenCount\":6}}");

        assertThat(streamed.reply.usage()).isEqualTo(new Usage(76L, 3L, 6L, null));
    }

    @Test
    void bedrocksMetricsCountWhereTheFamilyDoesNot() {
        StreamRun streamed = of(
                "mistral-prompt",
                PLAIN,
                "{\"outputs\":[{\"text\":\"a\",\"stop_reason\":null}]}",
                "{\"outputs\":[{\"text\":\"\",\"stop_reason\":\"stop\"}],\"amazon-bedrock-invocationMetrics\":"
                        + "{\"inputTokenCount\":5,\"outputTokenCount\":2,\"cacheReadInputTokenCount\":3,"
                        + "\"cacheWriteInputTokenCount\":4}}");

        assertThat(streamed.reply.usage()).isEqualTo(new Usage(5L, 2L, 3L, 4L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "llama3-prompt;{\"generation\":\"a\",\"stop_reason\":null};{\"generation\":\"\",\"stop_reason\":\"stop\"}",
                "mistral-prompt;{\"outputs\":[{\"text\":\"a\"}]};{\"outputs\":[{\"text\":\"\",\"stop_reason\":\"odd\"}]}",
                "titan-text;{\"outputText\":\"a\",\"completionReason\":null};{\"completionReason\":\"FINISH\"}",
                "deepseek-prompt;{\"choices\":[{\"text\":\"a\",\"stop_reason\":\"\"}]};"
                        + "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}",
                "llama3-prompt;{\"generation\":\"a\"};{\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":5}}",
            })
    void aStreamEndsWithItsStopReasonOrBedrocksMetrics(String format, String chunk, String last) {
        ReplyStream stream = open(format);
        assertThat(stream.ended()).isFalse();

        stream.read("chunk", ToolRequests.json(chunk), part -> {});
        assertThat(stream.ended()).isFalse();

        stream.read("chunk", ToolRequests.json(last), part -> {});
        assertThat(stream.ended()).isTrue();

        stream.read("chunk", ToolRequests.json("{\"amazon-bedrock-invocationMetrics\":{}}"), part -> {});
        assertThat(stream.end(part -> {}).text()).isEqualTo("a");
    }

    @Test
    void aStreamThatIsBrokenOffHasItsCountsSoFar() {
        ReplyStream stream = open("titan-text");
        assertThat(stream.usage()).isEqualTo(Usage.UNKNOWN);

        stream.read(
                "chunk",
                ToolRequests.json("{\"outputText\":\"a\",\"inputTextTokenCount\":5,\"totalOutputTextTokenCount\":1}"),
                part -> {});

        assertThat(stream.usage()).isEqualTo(Usage.of(5L, 1L));
        assertThat(stream.ended()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "llama3-prompt;[]",
                "llama3-prompt;7",
                "llama3-prompt;null",
                "llama3-prompt;\"DONE\"",
                "llama3-prompt;{\"generation\":[\"x\"]}",
                "llama3-prompt;{\"choices\":{\"text\":\"x\"}}",
                "llama3-prompt;{\"choices\":[{\"text\":7}]}",
                "mistral-prompt;{\"outputs\":{\"text\":\"x\"}}",
                "mistral-prompt;{\"outputs\":[\"x\"]}",
                "mistral-prompt;{\"outputs\":[{\"text\":false}]}",
                "titan-text;{\"outputText\":{}}",
                "deepseek-prompt;{\"choices\":\"x\"}",
            })
    void aChunkThatCannotBeReadIsAProviderErrorWithTheCounts(String format, String chunk) {
        ReplyStream stream = open(format);
        stream.read(
                "chunk",
                ToolRequests.json("{\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":5}}"),
                part -> {});

        assertThatThrownBy(() -> stream.read("chunk", ToolRequests.json(chunk), part -> {}))
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
                    assertThat(failure.usage()).isEqualTo(Usage.of(5L, null));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"generation\":\"\",\"stop_reason\":\"stop\"}",
                "{\"generation\":\"\\n <|eot_id|>\",\"stop_reason\":\"stop\"}",
                "{\"outputs\":[{\"text\":\"foreign\",\"stop_reason\":\"stop\"}]}",
                "{}",
            })
    void aStreamWithoutContentFailsWithItsCounts(String chunk) {
        StreamRun streamed = of(
                "llama3-prompt",
                PLAIN,
                chunk,
                "{\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":5,\"outputTokenCount\":1}}");

        assertThat(streamed.failure)
                .hasMessage("The provider answered 200 with an empty reply.")
                .extracting(LlmException::kind, LlmException::usage)
                .containsExactly(ErrorKind.PROVIDER_ERROR, Usage.of(5L, 1L));
    }

    @Test
    void aGuardrailsWordIsKept() {
        StreamRun streamed = of(
                "llama3-prompt",
                PLAIN,
                "{\"generation\":\"No.\",\"stop_reason\":null,\"amazon-bedrock-guardrailAction\":\"INTERVENED\"}",
                "{\"generation\":\"\",\"stop_reason\":\"stop\",\"amazon-bedrock-guardrailAction\":\"NONE\"}");

        assertThat(streamed.reply.stopReason()).isEqualTo(StopReason.GUARDRAIL_INTERVENED);
    }

    @Test
    void anEventOfAnotherKindIsPassedOver() {
        ReplyStream stream = open("llama3-prompt");

        stream.read("messageStop", ToolRequests.json("{\"stop_reason\":\"stop\",\"generation\":7}"), part -> {});

        assertThat(stream.ended()).isFalse();
    }

    private static StreamRun of(String format, LlmRequest request, String... chunks) {
        return StreamRun.ofChunks(
                format, request, Arrays.stream(chunks).map(ToolRequests::json).toList());
    }

    private static ReplyStream open(String format) {
        ModelFormat read = ModelFormats.named(format);
        return read.stream(PLAIN, FormatModels.of(read));
    }
}
