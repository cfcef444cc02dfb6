package dev.caravan.format;

import static dev.caravan.format.ToolRequests.WEATHER;
import static dev.caravan.format.ToolRequests.json;
import static dev.caravan.format.ToolRequests.offering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolRepliesTest {
    private static final LlmRequest ASKED = offering(null, WEATHER).build();

    private static FormatReply read(ModelFormat format, String body, LlmRequest asked) {
        return format.read(
                new WireReply(body.getBytes(StandardCharsets.UTF_8), Usage.UNKNOWN, asked, FormatModels.of(format)));
    }

    private static String converse(String content, String stop) {
        return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[" + content + "]}},\"stopReason\":\""
                + stop + "\"}";
    }

    @Test
    void claude_callsAreReadInOrderBesideTheText() {
        FormatReply reply = read(
                new AnthropicMessages(),
                "{\"content\":[{\"type\":\"text\",\"text\":\"I look.\"},"
                        + "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"weather\",\"input\":{\"city\":\"Oslo\"}},"
                        + "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"clock\",\"input\":{}}],\"stop_reason\":\"tool_use\"}",
                ASKED);

        assertThat(reply.text()).isEqualTo("I look.");
        assertThat(reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(reply.toolCalls())
                .containsExactly(
                        new Block.ToolUse("a", "weather", json("{\"city\":\"Oslo\"}")),
                        new Block.ToolUse("b", "clock", Json.object()));
    }

    @Test
    void converseAndNova_callsAreReadInOrder() {
        String body = converse(
                "{\"toolUse\":{\"toolUseId\":\"a\",\"name\":\"weather\",\"input\":{\"city\":\"\\ud83d\\ude00\",\"n\":1.50}}},"
                        + "{\"toolUse\":{\"toolUseId\":\"b\",\"name\":\"clock\"}},"
                        + "{\"toolUse\":{\"toolUseId\":\"c\",\"name\":\"clock\",\"input\":\"\"}}",
                "tool_use");

        for (ModelFormat format : new ModelFormat[] {new Converse(), new NovaMessages()}) {
            FormatReply reply = read(format, body, ASKED);

            assertThat(reply.text()).isEmpty();
            assertThat(reply.toolCalls())
                    .containsExactly(
                            new Block.ToolUse("a", "weather", json("{\"city\":\"\ud83d\ude00\",\"n\":1.50}")),
                            new Block.ToolUse("b", "clock", Json.object()),
                            new Block.ToolUse("c", "clock", Json.object()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"toolUse\":{\"name\":\"x\",\"input\":{}}}", "{\"toolUse\":{\"toolUseId\":\"x\",\"input\":{}}}"
            })
    void aBrokenCall_isAProviderError(String block) {
        assertThatThrownBy(() -> read(new Converse(), converse(block, "tool_use"), ASKED))
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"{\"", "7", "{\"a\":1,\"a\":2}"})
    void anInputThatIsNoSoundObject_isText(String input) {
        String bare = input.startsWith("\"") ? input.substring(1, input.length() - 1) : input;
        String use = "{\"toolUse\":{\"toolUseId\":\"x\",\"name\":\"weather\",\"input\":" + input + "}}";
        String block = "{\"type\":\"tool_use\",\"id\":\"x\",\"name\":\"weather\",\"input\":" + input + "}";
        String good = "{\"toolUse\":{\"toolUseId\":\"y\",\"name\":\"weather\",\"input\":{}}}";

        for (FormatReply reply : new FormatReply[] {
            read(new Converse(), converse(use + "," + good, "tool_use"), ASKED),
            read(new AnthropicMessages(), "{\"content\":[" + block + "],\"stop_reason\":\"tool_use\"}", ASKED)
        }) {
            assertThat(reply.toolCalls()).isEmpty();
            assertThat(reply.unreadCalls()).containsExactly(new UnreadCall("x", "weather", bare));
            assertThat(reply.text()).isEqualTo(bare);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"city\":\"\\ud83d\"}", "{\"\\ud83d\":1,\"\\ud83e\":2}", "{\"a\":[{\"b\":\"\\ude00\"}]}"})
    void halfASurrogatePair_isNotReplaced(String input) {
        String use = "{\"toolUse\":{\"toolUseId\":\"x\",\"name\":\"weather\",\"input\":" + input + "}}";
        String quoted = Json.object().textNode(input).toString();
        String rawHalf = "{\"toolUse\":{\"toolUseId\":\"x\",\"name\":\"weather\",\"input\":"
                + quoted.replace("\\\\u", "\\u") + "}}";

        for (String block : new String[] {use, use.replace(input, quoted), rawHalf}) {
            FormatReply reply = read(new Converse(), converse(block, "tool_use"), ASKED);

            assertThat(reply.toolCalls()).isEmpty();
            assertThat(reply.unreadCalls()).containsExactly(new UnreadCall("x", "weather", input));
            assertThat(reply.text()).isEqualTo(input);
        }
    }

    @Test
    void halfASurrogatePair_inACallOfLlamas_isText() {
        String call = "{\"name\":\"weather\",\"parameters\":{\"city\":\"\\ud83d\"}}";
        String body =
                Json.object().put("generation", call).put("stop_reason", "stop").toString();

        FormatReply reply = read(new Llama3Prompt(), body, ASKED);

        assertThat(reply.toolCalls()).isEmpty();
        assertThat(reply.text()).isEqualTo(call);
    }

    @Test
    void aPlanThatNovaWritesBeforeItsCall_isReasoning() {
        String body = converse(
                "{\"text\":\"<thinking> The user wants weather. </thinking>\\n\"},"
                        + "{\"toolUse\":{\"toolUseId\":\"a\",\"name\":\"weather\",\"input\":{}}}",
                "tool_use");

        FormatReply reply = read(new NovaMessages(), body, ASKED);

        assertThat(reply.text()).isEmpty();
        assertThat(reply.reasoning()).isEqualTo("The user wants weather.");
        assertThat(reply.toolCalls()).hasSize(1);
    }

    @Test
    void malformedToolUse_isOtherWithItsWord() {
        FormatReply reply = read(new Converse(), converse("{\"text\":\"x\"}", "malformed_tool_use"), ASKED);

        assertThat(reply.stopReason()).isEqualTo(StopReason.OTHER);
        assertThat(reply.stopReasonRaw()).isEqualTo("malformed_tool_use");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stopReason\":\"end_turn\"}",
                "{\"output\":null,\"stopReason\":\"end_turn\"}",
                "{\"output\":{\"message\":null},\"stopReason\":\"end_turn\"}",
                "{\"output\":{\"message\":{\"content\":null}},\"stopReason\":\"end_turn\"}",
                "{\"output\":{\"message\":{\"content\":[]}},\"stopReason\":\"end_turn\"}",
                "{\"output\":{\"message\":{\"content\":[{\"text\":null}]}},\"stopReason\":\"end_turn\"}",
                "{\"output\":{\"message\":{\"content\":[{\"text\":\"\"}]}},\"stopReason\":\"malformed_tool_use\"}",
                "{\"output\":{\"message\":{\"content\":[]}}}"
            })
    void anEmptyReply_isAProviderError(String body) {
        for (ModelFormat format : new ModelFormat[] {new Converse(), new NovaMessages()}) {
            assertThatThrownBy(() -> read(format, body, ASKED))
                    .asInstanceOf(type(LlmException.class))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR));
        }
    }
}
