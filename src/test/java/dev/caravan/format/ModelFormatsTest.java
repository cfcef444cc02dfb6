package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.support.EmulatorModels;
import dev.caravan.trunk.TestTrunk;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFormatsTest {
    private static final LlmRequest PLAIN = LlmRequest.ofPrompt("Hello").build();

    @Test
    void modelWithNeitherFormatNorConverse_isRefusedByName() {
        assertThatThrownBy(() -> ModelFormats.of(EmulatorModels.OTHER_FORMAT, PLAIN))
                .asInstanceOf(type(LlmException.class))
                .satisfies(refused -> {
                    assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
                    assertThat(refused).hasMessageContaining("other-format");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "meta.llama3-1-8b-instruct-v1:0, llama3-prompt, llama3-prompt",
        "meta.llama4-scout-17b-instruct-v1:0, llama4-prompt, llama4-prompt",
        "mistral.mistral-large-2402-v1:0, mistral-prompt-v2, converse",
    })
    void toolsGoThroughConverse_whereTheNativeFormatCannotSayThem(String model, String plain, String tools) {
        LlmRequest withTools = PLAIN.toBuilder()
                .tools(List.of(new Tool("t", null, Json.object().put("type", "object"))))
                .build();

        assertThat(ModelFormats.of(TestTrunk.resolver().resolve(model).model(), PLAIN)
                        .name())
                .isEqualTo(plain);
        assertThat(ModelFormats.of(TestTrunk.resolver().resolve(model).model(), withTools)
                        .name())
                .isEqualTo(tools);
    }
}
