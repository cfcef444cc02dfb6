package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Answer.Stop;
import dev.caravan.emulator.answer.Answer.ToolCall;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.family.Families;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the embedded Bedrock answers in a family's wire form is read back as it was meant. */
class ChatRoundTripPropertyTest {
    private static final Conversation ASKED = new Conversation(
            "Be brief.",
            List.of(new Turn(true, "Hello")),
            100,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            12);

    @Provide
    Arbitrary<Model> models() {
        return Arbitraries.of(
                ChatModels.MISTRAL_LARGE,
                ChatModels.JAMBA,
                ChatModels.COMMAND_R,
                ChatModels.GPT_OSS,
                ChatModels.QWEN_32B,
                ChatModels.QWEN_CODER,
                ChatModels.DEEPSEEK,
                ChatModels.MAGISTRAL,
                ChatModels.GEMMA);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> any = Arbitraries.strings()
                .withCharRange(' ', '\uD7FF')
                .ofMinLength(1)
                .ofMaxLength(40);
        return Arbitraries.oneOf(any, Arbitraries.of("a <think>b</think>", "</reasoning> [THINK]", "{\"x\": 1}"))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    @Property(tries = 300)
    void words_areReadBack(@ForAll("models") Model model, @ForAll("texts") String text, @ForAll boolean cutOff) {
        // In a model that always thinks this tag ends its reasoning.
        Assume.that(model.rules().thinking() != Model.Thinking.ALWAYS
                || model.rules().reasoningTags().stream().noneMatch(text::contains));

        FormatReply reply = read(model, Optional.empty(), Optional.of(text), Optional.empty(), cutOff);

        assertThat(reply.text()).isEqualTo(text);
        assertThat(reply.reasoning()).isNull();
        assertThat(reply.toolCalls()).isEmpty();
        assertThat(reply.stopReason()).isEqualTo(cutOff ? StopReason.MAX_TOKENS : StopReason.END_TURN);
    }

    @Property(tries = 300)
    void reasoning_isReadApartFromTheWords(@ForAll("texts") String thought, @ForAll("texts") String text) {
        String plain =
                thought.replace("</think>", "").replace("</reasoning>", "").replace("[/THINK]", "");
        for (Model model :
                List.of(ChatModels.GPT_OSS, ChatModels.QWEN_32B, ChatModels.MAGISTRAL, ChatModels.QWEN_CODER)) {
            String expected = plain.isBlank() ? "x" : plain.strip();
            FormatReply reply = read(model, Optional.of(expected), Optional.of(text), Optional.empty(), false);

            assertThat(reply.text()).isEqualTo(text);
            assertThat(reply.reasoning()).isEqualTo(expected);
        }
    }

    @Property(tries = 200)
    void calls_areReadBack(@ForAll("models") Model model, @ForAll("texts") String city, @ForAll long number) {
        ObjectNode input = Json.object().put("city", city).put("n", number);

        FormatReply reply =
                read(model, Optional.empty(), Optional.empty(), Optional.of(new ToolCall("lookup", input)), false);

        assertThat(reply.text()).isEmpty();
        assertThat(reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(reply.toolCalls()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("lookup");
            assertThat(Json.write(call.input())).isEqualTo(Json.write(input));
            assertThat(call.id()).isNotEmpty();
        });
    }

    private static FormatReply read(
            Model model, Optional<String> thinking, Optional<String> text, Optional<ToolCall> call, boolean cutOff) {
        Stop stop = cutOff ? Stop.MAX_TOKENS : call.isPresent() ? Stop.TOOL_USE : Stop.END;
        Answer answer = new Answer(thinking, text, call, stop, Optional.empty(), Optional.empty(), 34);
        byte[] body = Json.write(Families.of(model.format()).orElseThrow().write(answer, ASKED, model));
        Usage counted = Usage.of(12L, 34L);
        FormatReply reply = ModelFormats.named(model.format())
                .read(new WireReply(body, counted, LlmRequest.ofPrompt("Hello").build(), model));
        assertThat(reply.usage()).isEqualTo(counted);
        return reply;
    }
}
