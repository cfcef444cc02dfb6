package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that hold for every format. */
class ModelFormatContractTest {

    static Stream<Arguments> unreadable() {
        return ModelFormats.all().stream()
                .flatMap(format -> Stream.of(
                                "",
                                "not json",
                                "[]",
                                "\"text\"",
                                "null",
                                "{}",
                                "{\"content\":[]}",
                                "{\"content\":\"text\"}",
                                "{\"content\":[{\"type\":\"text\",\"text\":\"\"}],\"stop_reason\":\"end_turn\"}",
                                "{\"content\":[]} trailing",
                                "{\"choices\":[]}",
                                "{\"choices\":{\"message\":{\"content\":\"x\"}}}",
                                "{\"choices\":[{\"message\":\"x\"}]}",
                                "{\"choices\":[{\"message\":{\"content\":5}}]}",
                                "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"image\"}]}}]}",
                                "{\"choices\":[{\"message\":{\"content\":null}}]}",
                                "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}",
                                "{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{}}]}}]}",
                                "{\"text\":5,\"finish_reason\":\"COMPLETE\"}",
                                "{\"text\":\"\",\"finish_reason\":\"COMPLETE\"}",
                                "{\"text\":\"\",\"finish_reason\":\"ERROR\"}",
                                "{\"text\":\"\",\"tool_calls\":[{\"parameters\":{}}]}",
                                "{\"message\":\"an error\"}")
                        .map(body -> Arguments.of(format, body)));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void unreadableOrEmptyReply_isAProviderErrorThatIsNotTriedAgain(ModelFormat format, String body) {
        assertThatThrownBy(() -> format.read(reply(format, body.getBytes(StandardCharsets.UTF_8))))
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
                    assertThat(failure.retry()).isEqualTo(LlmException.Retry.NEVER);
                });
    }

    @Property
    void anyBytes_areReadOrRefusedAsProviderError(@ForAll byte[] body) {
        for (ModelFormat format : ModelFormats.all()) {
            try {
                assertThat(format.read(reply(format, body))).isNotNull();
            } catch (LlmException refused) {
                assertThat(refused.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
            }
        }
    }

    @Test
    void countsOfTheHeaders_fillInWhatTheBodyDoesNotSay() {
        ModelFormat format = new AnthropicMessages();
        byte[] body = "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"stop_reason\":\"end_turn\"}"
                .getBytes(StandardCharsets.UTF_8);
        WireReply reply = new WireReply(
                body, Usage.of(3L, 4L), LlmRequest.ofPrompt("Hello").build(), FormatModels.of(format));

        assertThat(format.read(reply).usage()).isEqualTo(Usage.of(3L, 4L));
    }

    private static WireReply reply(ModelFormat format, byte[] body) {
        return new WireReply(body, Usage.UNKNOWN, LlmRequest.ofPrompt("Hello").build(), FormatModels.of(format));
    }
}
