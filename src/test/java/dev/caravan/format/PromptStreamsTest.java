package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves when. */
class PromptStreamsTest {
    private static final LlmRequest PLAIN = LlmRequest.ofPrompt("Hi").build();
    private static final LlmRequest UNTIL_END =
            LlmRequest.ofPrompt("Hi").stop("END").build();
    private static final LlmRequest OFFERING =
            ToolRequests.offering(null, ToolRequests.WEATHER).build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama2-prompt",
                "llama3-prompt",
                "llama4-prompt",
                "mistral-prompt",
                "mistral-prompt-v2",
                "titan-text"
            })
    void eachPieceLeavesWithItsChunk(String format) {
        assertThat(said(format, UNTIL_END, " Hel", "lo ", "wor", "ld. ").told())
                .containsExactly(List.of("T:Hel"), List.of("T:lo "), List.of("T:wor"), List.of("T:ld. "), List.of());
    }

    @Test
    void whiteSpaceBeforeTheAnswerIsDropped() {
        assertThat(said("llama3-prompt", PLAIN, "\n", " \n", " a", " b").told())
                .containsExactly(List.of(), List.of(), List.of("T:a"), List.of("T: b"), List.of());
    }

    @Test
    void whatMayBeAnEndTokenIsHeldBack() {
        StreamRun ended = said("llama3-prompt", PLAIN, "Bye", ".<|eot", "_id|>\n", "<|end_of_text|>");
        assertThat(ended.told()).containsExactly(List.of("T:Bye"), List.of("T:."), List.of(), List.of(), List.of());
        assertThat(ended.reply.text()).isEqualTo("Bye.");

        assertThat(said("llama3-prompt", PLAIN, "a<|eot_id|> ", "<|eot", "_x").told())
                .containsExactly(List.of("T:a"), List.of(), List.of("T:<|eot_id|> <|eot_x"), List.of());
    }

    @Test
    void nothingLeavesBehindAStopSequence() {
        StreamRun stopped = said("llama3-prompt", UNTIL_END, "a E", "N", "D b", " c");
        assertThat(stopped.told()).containsExactly(List.of("T:a "), List.of(), List.of(), List.of(), List.of());
        assertThat(stopped.reply.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
        assertThat(stopped.reply.usage()).isEqualTo(Usage.of(7L, 9L));

        assertThat(said("titan-text", UNTIL_END, "a E", "N", "E b").told())
                .containsExactly(List.of("T:a "), List.of(), List.of("T:ENE b"), List.of());
    }

    @Test
    void theEarliestStopSequenceEndsTheAnswerEvenIfItIsCompleteLater() {
        LlmRequest request = LlmRequest.ofPrompt("Hi").stop("bc", "abcd").build();

        assertThat(said("llama3-prompt", request, "xa", "bc", "d").told())
                .containsExactly(List.of("T:x"), List.of(), List.of(), List.of());
        assertThat(said("llama3-prompt", request, "xa", "bc", "e").told())
                .containsExactly(List.of("T:x"), List.of(), List.of("T:a"), List.of());
    }

    @Test
    void whatMayBeginACallIsHeldBackToTheEndWithTheWhiteSpaceBeforeIt() {
        StreamRun called = said(
                "llama3-prompt",
                OFFERING,
                "I look.\n",
                "\n{\"name\": \"wea",
                "ther\", \"parameters\": {\"city\": \"Oslo\"}}");
        assertThat(called.told())
                .containsExactly(List.of("T:I look."), List.of(), List.of(), List.of("C:{\"city\":\"Oslo\"}"));
        assertThat(called.reply.toolCalls()).extracting(Block.ToolUse::name).containsExactly("weather");

        assertThat(said("llama3-prompt", OFFERING, "Data: ", "{1}\n", "{2", "} done")
                        .told())
                .containsExactly(List.of("T:Data:"), List.of("T: {1}"), List.of(), List.of(), List.of("T:\n{2} done"));
    }

    @Test
    void withoutToolsALineThatLooksLikeACallLeavesAtOnce() {
        assertThat(said("llama3-prompt", PLAIN, "a\n", "{\"name\"", "}").told())
                .containsExactly(List.of("T:a\n"), List.of("T:{\"name\""), List.of("T:}"), List.of());
    }

    @Test
    void reasoningLeavesAsItComesAndThenTheAnswer() {
        assertThat(said("deepseek-prompt", PLAIN, "\nHm", ", so</th", "ink>\n", "\nYes", ".")
                        .told())
                .containsExactly(
                        List.of("R:Hm"), List.of("R:, so"), List.of(), List.of("T:Yes"), List.of("T:."), List.of());
    }

    @Test
    void whatWasTakenForReasoningIsTheAnswerWhenItEndsByItself() {
        StreamRun answer = said("deepseek-prompt", PLAIN, "It is", " four. ");
        assertThat(answer.told()).containsExactly(List.of("R:It is"), List.of("R: four."), List.of("T:It is four. "));
        assertThat(answer.reply.reasoning()).isNull();

        StreamRun cut = StreamRun.ofChunks(
                "deepseek-prompt", PLAIN, wire("deepseek", "length").chunks(List.of("It is", " four. ")));
        assertThat(cut.told()).containsExactly(List.of("R:It is"), List.of("R: four."), List.of());
        assertThat(cut.reply.reasoning()).isEqualTo("It is four.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-prompt", "mistral-prompt", "deepseek-prompt", "titan-text"})
    void aSurrogatePairIsNotCut(String format) {
        StreamRun streamed = said(format, PLAIN, "</think>a", "\uD83D", "\uDE80b", "\uDE80");
        assertThat(streamed.told().get(1)).isEmpty();
        assertThat(streamed.told().get(2)).containsExactly("T:🚀b");
        assertThat(streamed.told().get(3)).containsExactly("T:\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                " ",
                "<",
                "<|eot_id|>",
                "</s>",
                "<｜end▁of▁sentence｜>",
                "</think>",
                "<think></think>",
                "\n{",
                "\uD83D"
            })
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachPieceIsReadOnce(String piece) {
        LlmRequest request = ToolRequests.offering(null, ToolRequests.WEATHER)
                .stop("a".repeat(400) + "b", " ".repeat(500) + "c")
                .build();
        for (String format : List.of("llama3-prompt", "mistral-prompt", "deepseek-prompt", "titan-text")) {
            PromptWire wire = wire(PromptWire.shape(format), "stop");
            JsonNode chunk = wire.chunks(List.of(piece, "")).get(0);
            List<JsonNode> pieces = Collections.nCopies(100_000, chunk);

            assertThat(StreamRun.ofChunks(format, request, pieces).partsByEvent).hasSize(pieces.size() + 1);
        }
    }

    private static PromptWire wire(String shape, String stopReason) {
        return new PromptWire(shape, stopReason, Usage.of(7L, 9L), Usage.UNKNOWN, false);
    }

    /** A reply in these pieces that ended by itself. */
    private static StreamRun said(String format, LlmRequest request, String... pieces) {
        String shape = PromptWire.shape(format);
        String stop = shape.equals("titan") ? "FINISH" : "stop";
        return StreamRun.ofChunks(format, request, wire(shape, stop).chunks(Arrays.asList(pieces)));
    }
}
