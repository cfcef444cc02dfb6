package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmbiguousDamageTest {
    private static final CompiledSchema ANYTHING =
            Schemas.open(Path.of("nowhere")).inline(com.fasterxml.jackson.databind.node.BooleanNode.TRUE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[12 500, 3]",
                "[1 000]",
                "[1 -2]",
                "[1\n2]",
                "[37.5,,120]",
                "[,1]",
                "[1,,]",
                "[{\"id\":1},,{\"id\":2}]",
                "[,{\"id\":1},{\"id\":2}]",
                "{\"a\":\"x\" + \"y\"}",
                "{'a':'x' + 'y'}",
                "[\"a\" \"b\"]",
                "[true false]",
                "{\"a\":1,\"b\":\"He said \"a\",\"c\":\"d\" end\"}",
                "{\"b\":\"5\" pipe\"}",
                "{\"path\":\"C:\\Users\\new\"}",
                "{'path':'C:\\Users\\new'}",
                "{\"p\":\"\\d+\\b\"}",
                "{\"p\":\"\\d+\", \"q\":\"C:\\temp\"}",
                "{\"p\":\"\\x41\"}",
                "{\"p\":\"\\d\\.\"}",
                "{\"p\":\"\\(x\\)\"}",
                "{\"a\":010}",
                "{\"a\":007}",
                "{\"a\":1,",
                "[1,",
                "{\"a\": 1 // EUR, \"b\": 2}",
                "{\"a\": 1 // EUR, \"b\": 2}\nThat is all.",
                "```json\n{\"a\": 1 // EUR, \"b\": 2}\n```",
                "{\"x\": [\n{\"a\": 1 // EUR, \"b\": 2}\n]}",
                "[1, 2 # 3, 4]",
                "{\"a\":[1,2 // x], \"b\":3}",
                "{\"a\": \"x\" // y\", \"b\": 2}",
                "{\"a\": 1 // the end",
                "{",
                "[",
                "{\"items\":[",
                "{\"a\":1,\"items\":[",
                "[{",
                "{\"a\":1,\"b\":{",
                "[[1],[",
                "Use arr[",
                "{\"a\":\"",
                "{\"a\":\"}",
                "{\"a\":1,\"b\":\" ",
                "[\"",
                "{\"a\":\"caf\\u00e\"}",
                "{\"a\":\"\\u12\"}",
                "{'a':'\\a\\v'}",
                "{\"a\":\"\\N{DASH}\"}",
                "{\"a\":\"\\0\"}",
                "{\"a\":\"\\012\"}",
                "{\"a\":\"\\x4\"}",
                "{\"a\":\"\\U0001F60\"}",
                "[1 [{\"a\":2}]]",
                "[1[{\"a\":2}]]",
                "[1 \"x\" {\"a\":2}]",
                "[\"x\" \"y\" {\"a\":2}]",
                "{None: 1}",
                "{True: 1}",
                "{\"a\": 1, null: 2}"
            })
    void whatHasTwoReadings_givesNothing(String text) {
        assertThat(AnswerReader.read(text, ANYTHING, false).data()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"a\":1,,\"b\":2}|{\"a\":1,\"b\":2}",
                "{\"p\":\"\\d+\\\\w\\/\"}|{\"p\":\"\\\\d+\\\\w/\"}",
                "{\"p\":\"He said \"hello\", and left.\"}|{\"p\":\"He said \\\"hello\\\", and left.\"}",
                "{'p':'it's'}|{\"p\":\"it's\"}",
                "[{\"a\":1} {\"a\":2}]|[{\"a\":1},{\"a\":2}]",
                "[+1, .5, 1.]|[1,0.5,1]",
                "[1{\"a\":2}]|[1,{\"a\":2}]",
                "[1 {\"a\":2}]|[1,{\"a\":2}]",
                "[\"x\"{\"a\":2}]|[\"x\",{\"a\":2}]",
                "{\"a\":[]|{\"a\":[]}",
                "{\"a\":{\"b\":1|{\"a\":{\"b\":1}}",
                "{None_: 1}|{\"None_\":1}",
            })
    void whatIsCertain_isMended(String text, String json) {
        assertThat(AnswerReader.read(text, ANYTHING, false).data()).hasToString(json);
    }

    @Test
    void commentsThatEndWithTheirLine_areDropped() {
        assertThat(AnswerReader.read(
                                "{\"a\": 1, // in \"EUR\", as of: [7]\n# \"c\": 3,\n\"b\": 2 // two\n} // end",
                                ANYTHING,
                                false)
                        .data())
                .hasToString("{\"a\":1,\"b\":2}");
    }

    @Test
    void stringsOnLinesOfTheirOwn_areTwo() {
        assertThat(AnswerReader.read("[\"a\"\n\"b\"]", ANYTHING, false).data()).hasToString("[\"a\",\"b\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Use arr[5].",
                "The sum is [1] per source [2]",
                "I have no data []",
                "[1] Smith 2020 says so.",
                "See `arr[5]` or\n[2], both"
            })
    void bracketsOfASentence_areNotJson(String text) {
        assertThat(AnswerReader.read(text, ANYTHING, false).data()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Here: [1, 2]",
                "Here it is:\n[1, 2]\nDone.",
                "```json\n[1, 2]\n```",
                "```json [1, 2]```",
                "As in [7], so\n- [1, 2].",
                "**[1, 2]**",
                "[1, 2,]"
            })
    void arrayOfItsOwnOrBehindAColon_counts(String text) {
        assertThat(AnswerReader.read(text, ANYTHING, false).data()).hasToString("[1,2]");
    }

    @Test
    void arrayOfObjects_inASentence_countsWhenThereIsNothingBetter() {
        assertThat(AnswerReader.read("So [{\"a\":1}] it is", ANYTHING, false).data())
                .hasToString("[{\"a\":1}]");
        assertThat(AnswerReader.read("{\"b\":2} for [{\"a\":1}] then", ANYTHING, false)
                        .data())
                .hasToString("{\"b\":2}");
    }

    @Test
    void deeperJsonThanCanBeWritten_isRefusedWhole() {
        String fine = "[".repeat(900) + "]".repeat(900);
        assertThat(AnswerReader.read(fine, ANYTHING, false).data()).hasToString(fine);
        for (int levels : new int[] {901, 999, 1_500, 5_000}) {
            Found found = AnswerReader.read("[".repeat(levels) + "]".repeat(levels), ANYTHING, false);
            assertThat(found.data()).isNull();
            assertThat(found.errors()).singleElement().satisfies(error -> {
                assertThat(error.keyword()).isEqualTo("json");
                assertThat(error.message()).contains("deeper than 900");
            });
        }
    }

    @Test
    void numberWithTooManyDigits_isSaid() {
        assertThat(AnswerReader.read("{\"a\":" + "7".repeat(1_001) + "}", ANYTHING, false)
                        .errors())
                .singleElement()
                .satisfies(error -> assertThat(error.message()).contains("a number of more than 1000 digits"));
    }
}
