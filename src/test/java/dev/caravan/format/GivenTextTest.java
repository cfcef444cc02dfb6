package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class GivenTextTest {
    private final GivenText given = new GivenText("text");

    @Property
    void whatIsBehind_isTheRestHoweverTheBeginningWasCut(@ForAll List<String> pieces, @ForAll String rest) {
        GivenText cut = new GivenText("text");
        pieces.forEach(cut::add);

        assertThat(cut.beyond(String.join("", pieces) + rest)).isEqualTo(rest);
    }

    @Property
    void anotherBeginning_isABug(
            @ForAll @NotEmpty String text, @ForAll @IntRange(max = 1000) int where, @ForAll char other) {
        int at = where % text.length();
        Assume.that(text.charAt(at) != other);
        GivenText whole = new GivenText("text");
        whole.add(text);

        assertThatIllegalStateException()
                .isThrownBy(() -> whole.beyond(text.substring(0, at) + other + text.substring(at + 1)))
                .withMessage("the text given out is not that of the reply");
    }

    @Test
    void aShorterText_isABug() {
        given.add("\u0000\u0000");

        assertThatIllegalStateException().isThrownBy(() -> given.beyond("\u0000"));
        assertThatIllegalStateException().isThrownBy(() -> given.beyond(""));
    }

    @Test
    void theSameCharactersInAnotherOrder_areABug() {
        given.add("ab");

        assertThatIllegalStateException().isThrownBy(() -> given.beyond("ba"));
    }
}
