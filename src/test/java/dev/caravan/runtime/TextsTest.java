package dev.caravan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n\t",
                "\u00a0",
                "\u0085",
                "\u1680",
                "\u180e",
                "\u2003",
                "\u2007",
                "\u200b",
                "\u200e",
                "\u2028",
                "\u202f",
                "\u205f",
                "\u2060",
                "\u3000",
                "\ufeff",
                "\u200b \u2060\ufeff"
            })
    void whatCannotBeSeenIsBlank(String text) {
        assertThat(Texts.isBlank(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00a0.", "\u200bé", "\u0600", "\ud83d\ude00", "\u0301"})
    void whatCanBeSeenIsNot(String text) {
        assertThat(Texts.isBlank(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1.0E-5, 0.00001",
        "1, 1",
        "-1, -1",
        "0, 0",
        "0.7, 0.7",
        "-0.1, -0.1",
        "12345678.5, 12345678.5",
        "1e300, 1.0E300",
        "1e-300, 1.0E-300",
        "1e15, 1.0E15"
    })
    void numbersAreWrittenAsPeopleDo(double value, String written) {
        assertThat(Texts.number(value)).isEqualTo(written);
    }

    @Test
    void numbersThatAreNoneSayWhatTheyAre() {
        assertThat(Texts.number(Double.NaN)).isEqualTo("NaN");
        assertThat(Texts.number(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    }
}
