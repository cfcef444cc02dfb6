package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Block;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.format.FormatReply;
import dev.caravan.format.UnreadCall;
import dev.caravan.runtime.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartOutletTest {
    private final TestSink sink = new TestSink();
    private final PartOutlet outlet = new PartOutlet(sink, new CallClock(Duration.ofSeconds(1), () -> 0));

    private static Part.ToolInput input(String name, String piece) {
        return new Part.ToolInput(0, "t", name, piece);
    }

    @Test
    void begin_isToldOnce() {
        outlet.start(new StreamStart("id", "m", "bedrock", false));
        outlet.part(new Part.Text("a"));
        outlet.answer(2, false);
        outlet.part(new Part.Text("b"));
        outlet.begin();

        assertThat(sink.starts).hasSize(1);
        assertThat(sink.answers).containsExactly(1, 2);
    }

    @Test
    void given_isOfTheAnswerAtHand() {
        outlet.answer(1, false);
        assertThat(outlet.given()).isFalse();
        outlet.part(new Part.Text("a"));
        assertThat(outlet.given()).isTrue();
        outlet.answer(2, false);
        assertThat(outlet.given()).isFalse();
    }

    @Test
    void ourOwnToolsInput_isText() {
        outlet.answer(1, true);
        outlet.part(input(AnswerPlan.TOOL, ""));
        assertThat(outlet.given()).isFalse();
        outlet.part(input(AnswerPlan.TOOL, "{\"a\":\"\ud83d"));
        outlet.part(input(AnswerPlan.TOOL, "\ude00\"}"));
        outlet.part(input("another", "{}"));

        assertThat(sink.parts)
                .containsExactly(new Part.Text("{\"a\":\""), new Part.Text("\ud83d\ude00\"}"), input("another", "{}"));
    }

    @Test
    void aToolOfTheCallers_staysACall() {
        outlet.answer(1, false);
        outlet.part(input(AnswerPlan.TOOL, "{}"));

        assertThat(sink.parts).containsExactly(input(AnswerPlan.TOOL, "{}"));
    }

    @Test
    void aReplyInOnePiece_isItsParts() throws Exception {
        Block.ToolUse call = new Block.ToolUse("t", "f", Json.read("{\"a\":1}".getBytes()));
        outlet.parts(new FormatReply("text", "why", List.of(call, call), StopReason.TOOL_USE, "x", Usage.UNKNOWN));

        assertThat(sink.parts)
                .containsExactly(
                        new Part.Reasoning("why"),
                        new Part.Text("text"),
                        new Part.ToolInput(0, "t", "f", "{\"a\":1}"),
                        new Part.ToolInput(1, "t", "f", "{\"a\":1}"));
    }

    @Test
    void aReplyWithACallThatCannotBeRead_isNoAnswer() {
        outlet.parts(new FormatReply(
                "text",
                null,
                List.of(),
                List.of(new UnreadCall("t", "f", "{")),
                StopReason.TOOL_USE,
                "x",
                Usage.UNKNOWN));

        assertThat(sink.parts).isEmpty();
        assertThat(sink.starts).isEmpty();
    }
}
