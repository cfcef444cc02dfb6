package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InlineReasoningStreamTest {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    /** What was given out, each piece by itself: {@code T:} text, {@code R:} reasoning. */
    private static final class Given implements InlineReasoningStream.Pieces {
        private final List<String> pieces = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();

        @Override
        public void text(String certain) {
            assertThat(certain).isNotEmpty();
            pieces.add("T:" + certain);
            text.append(certain);
        }

        @Override
        public void reasoning(String certain) {
            assertThat(certain).isNotEmpty();
            pieces.add("R:" + certain);
            reasoning.append(certain);
        }
    }

    @Property(tries = 3000)
    void whatIsGivenOutBeginsWhatTheWholeReadingFinds(
            @ForAll("pieces") List<String> pieces,
            @ForAll boolean begun,
            @ForAll boolean unopened,
            @ForAll boolean truncated) {
        boolean opened = begun && !unopened;
        Given given = given(opened, unopened, pieces);
        String answer = String.join("", pieces);
        InlineReasoning whole = unopened
                ? InlineReasoning.splitThinking(answer, OPEN, CLOSE, truncated)
                : InlineReasoning.split(answer, OPEN, CLOSE, opened, truncated);

        assertThat(whole.text()).startsWith(given.text.toString());
        if (opened && !truncated && whole.reasoning() == null) {
            assertThat(given.reasoning.isEmpty() || given.text.isEmpty()).isTrue();
        } else {
            assertThat(whole.reasoning() == null ? "" : whole.reasoning()).startsWith(given.reasoning.toString());
        }
    }

    @Property(tries = 1000)
    void behindTheReasoningAllTextIsGivenOut(@ForAll("pieces") List<String> pieces, @ForAll boolean begun) {
        List<String> all = new ArrayList<>(pieces);
        all.add(0, begun ? "Hm" + CLOSE + "a" : OPEN + "Hm" + CLOSE + "a");
        Given given = given(begun, false, all);

        assertThat(given.reasoning).hasToString("Hm");
        assertThat(given.text).hasToString("a" + String.join("", pieces));
    }

    @Test
    void eachPieceLeavesAsItComes() {
        assertThat(given(false, false, List.of("Hi", " there")).pieces).containsExactly("T:Hi", "T: there");
        assertThat(given(false, false, List.of(" <th", "ink> a", " b ", "</thi", "nk>\n\n", "c", " d")).pieces)
                .containsExactly("R:a", "R: b", "T:c", "T: d");
        assertThat(given(true, false, List.of("a ", "< b", "</think>", "<think>c</think> d")).pieces)
                .containsExactly("R:a", "R: < b", "R:\n\nc", "T:d");
    }

    @Test
    void whiteSpaceBeforeAnAnswerWithoutReasoningStays() {
        assertThat(given(false, false, List.of(" ", "a")).pieces).containsExactly("T: a");
    }

    @Test
    void aBlankPartIsNone() {
        assertThat(given(false, false, List.of("<think>\n</think><think>a</think><think> </think>b")).pieces)
                .containsExactly("R:a", "T:b");
    }

    @Test
    void aTagLaterInTheTextIsText() {
        assertThat(given(false, false, List.of("a <think>", "b</think>")).text).hasToString("a <think>b</think>");
    }

    @Test
    void whatMayLackItsOpeningTagIsHeldBackUntilATagTells() {
        assertThat(given(false, true, List.of("a", " b")).pieces).isEmpty();
        assertThat(given(false, true, List.of("a", " b</", "think> c")).pieces).containsExactly("R:a b", "T:c");
        assertThat(given(false, true, List.of("a", " <thi", "nk> c", "d")).pieces)
                .containsExactly("T:a <think> c", "T:d");
        assertThat(given(false, true, List.of("<think>", "a")).pieces).containsExactly("R:a");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachPieceIsLookedAtOnce() {
        int count = 2_000_000;
        for (String piece : List.of("a", " ", "<", "</think", "<think>")) {
            for (boolean unopened : List.of(true, false)) {
                Given given = new Given();
                InlineReasoningStream stream = new InlineReasoningStream(OPEN, CLOSE, !unopened, unopened);
                for (int i = 0; i < count / piece.length(); i++) {
                    stream.add(piece, new InlineReasoningStream.Pieces() {
                        @Override
                        public void text(String certain) {
                            given.text.append(certain);
                        }

                        @Override
                        public void reasoning(String certain) {
                            given.reasoning.append(certain);
                        }
                    });
                }
                assertThat(given.text.length() + given.reasoning.length()).isLessThanOrEqualTo(count);
            }
        }
    }

    private static Given given(boolean begun, boolean unopened, List<String> pieces) {
        Given given = new Given();
        InlineReasoningStream stream = new InlineReasoningStream(OPEN, CLOSE, begun, unopened);
        pieces.forEach(piece -> stream.add(piece, given));
        return given;
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(
                        "<think>",
                        "</think>",
                        "<",
                        "</",
                        "th",
                        "ink>",
                        "think",
                        ">",
                        " ",
                        "\n",
                        "\u00A0",
                        "a",
                        "b",
                        "é🚀",
                        "\uD83D",
                        "\uDE80",
                        "")
                .list()
                .ofMaxSize(12);
    }
}
