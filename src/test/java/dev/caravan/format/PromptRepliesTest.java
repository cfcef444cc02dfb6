package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What golden files cannot say: replies that are failures, counts from headers, bodies without defaults. */
class PromptRepliesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "llama3-prompt;{\"generation\":\"\",\"stop_reason\":\"stop\"}",
                "llama3-prompt;{\"generation\":\" \\n\",\"stop_reason\":\"stop\"}",
                "llama3-prompt;{\"generation\":\"<|eot_id|>\",\"stop_reason\":\"stop\"}",
                "llama3-prompt;{\"generation\":null,\"stop_reason\":\"length\"}",
                "llama4-prompt;{\"generation\":[\"x\"]}",
                "llama2-prompt;{\"outputs\":[{\"text\":\"x\"}]}",
                "llama2-prompt;{\"generation\":\" </s>\",\"stop_reason\":\"stop\"}",
                "mistral-prompt;{\"outputs\":[]}",
                "mistral-prompt;{\"outputs\":[{\"text\":\" \",\"stop_reason\":\"stop\"}]}",
                "mistral-prompt;{\"outputs\":{\"text\":\"x\"}}",
                "mistral-prompt-v2;{\"outputs\":[{\"stop_reason\":\"length\"}]}",
                "deepseek-prompt;{\"choices\":[{\"text\":\"\",\"stop_reason\":\"stop\"}]}",
                "deepseek-prompt;{\"choices\":[{\"text\":\"Hm</think>\\n\\n\",\"stop_reason\":\"stop\"}]}",
                "deepseek-prompt;{\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
                "titan-text;{\"results\":[{\"outputText\":\"\\n\",\"completionReason\":\"FINISH\"}]}",
                "titan-text;{\"results\":[{\"completionReason\":\"LENGTH\"}]}",
                "titan-text;{\"results\":\"x\"}",
            })
    void emptyOrForeignReply_isAProviderError(String format, String body) {
        assertThatThrownBy(() -> read(format, body, Usage.UNKNOWN))
                .asInstanceOf(type(LlmException.class))
                .extracting(LlmException::kind)
                .isEqualTo(ErrorKind.PROVIDER_ERROR);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "llama3-prompt;{\"generation\":\"x\",\"stop_reason\":\"stop\"}",
                "mistral-prompt;{\"outputs\":[{\"text\":\"x\",\"stop_reason\":\"stop\"}]}",
                "deepseek-prompt;{\"choices\":[{\"text\":\"x\",\"stop_reason\":\"stop\"}]}",
                "titan-text;{\"results\":[{\"outputText\":\"x\",\"completionReason\":\"FINISH\"}]}",
            })
    void counts_comeFromTheHeadersWhereTheBodyHasNone(String format, String body) {
        assertThat(read(format, body, Usage.of(3L, 4L)).usage()).isEqualTo(Usage.of(3L, 4L));
    }

    @Test
    void halfASurrogatePair_isMended() {
        assertThat(read("llama3-prompt", "{\"generation\":\"a \\ud83d b\",\"stop_reason\":\"stop\"}", Usage.UNKNOWN)
                        .text())
                .isEqualTo("a \uFFFD b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "llama2-prompt;{\"prompt\":\"<s>[INST] Hi [/INST]\"}",
                "mistral-prompt;{\"prompt\":\"<s>[INST] Hi [/INST]\"}",
                "mistral-prompt-v2;{\"prompt\":\"<s>[INST] Hi [/INST]\"}",
                "deepseek-prompt;{\"prompt\":\"<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜><think>\\n\"}",
                "titan-text;{\"inputText\":\"User: Hi\\nBot:\"}",
            })
    void absentValues_stayAbsent(String format, String body) {
        ModelFormat written = ModelFormats.named(format);
        LlmRequest request = LlmRequest.ofPrompt("Hi").build();

        assertThat(new String(written.write(request, FormatModels.of(written)), StandardCharsets.UTF_8))
                .isEqualTo(body);
    }

    private static FormatReply read(String format, String body, Usage counted) {
        ModelFormat read = ModelFormats.named(format);
        return read.read(new WireReply(
                body.getBytes(StandardCharsets.UTF_8),
                counted,
                LlmRequest.ofPrompt("Hello").build(),
                FormatModels.of(read)));
    }
}
