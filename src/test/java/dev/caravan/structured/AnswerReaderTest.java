package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Schemas SCHEMAS = Schemas.open(Path.of("nowhere"));
    private static final CompiledSchema ITEM = schema("""
            {"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}""");
    private static final CompiledSchema ANYTHING = schema("true");

    @Test
    void wholeText_isTaken() {
        assertThat(read("{\"a\": 1.10}", ITEM)).hasToString("{\"a\":1.10}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Here it is:\n```json\n{\"a\": 1}\n```\nHope that helps!",
                "```\n{\"a\": 1}\n```",
                "~~~json\n{\"a\": 1}\n~~~",
                "```json\n{\"a\": 1}",
                "```json{\"a\": 1}```",
                "````\n{\"a\": 1}\n````",
                "Sure! {\"a\": 1} is the answer.",
                "\ufeff{\"a\": 1}",
                "\u00a0\u200b{\"a\": 1}\u200b\r\n",
                "Fill in {name} and \\frac{1}{2}, if (x) { return [y]; } gives {\"a\": 1}",
                "[note] {\"a\": 1}",
                "He said: [\"so {\"a\": 1} then",
                "{ {\"a\": 1} }",
                "{\"a\": 1}}",
                "First {\"a\": 7}, no: {\"a\": 1}",
                "{\"a\": 1} and {\"b\": 2}",
                "line\r\n```json\r\n{\r\n\"a\": 1\r\n}\r\n```\r\n"
            })
    void jsonInProseAndFences_isFound(String text) {
        Found found = AnswerReader.read(text, ITEM, false);

        assertThat(found.valid()).as(found.errors().toString()).isTrue();
        assertThat(found.data()).hasToString("{\"a\":1}");
        assertThat(found.repaired()).isFalse();
    }

    @Test
    void fenceWithinAString_isTheStringsOwn() {
        assertThat(read("{\"a\": 1, \"code\": \"```js\\n{}\\n```\"}", ITEM))
                .hasToString("{\"a\":1,\"code\":\"```js\\n{}\\n```\"}");
    }

    @Test
    void valueWithinASoundValue_isNotTakenByItself() {
        assertThat(AnswerReader.read("{\"x\": {\"a\": 1}}", ITEM, false).valid())
                .isFalse();
        assertThat(AnswerReader.read("[{\"a\": 1}]", ITEM, false).errors())
                .singleElement()
                .satisfies(error -> assertThat(error.keyword()).isEqualTo("type"));
    }

    @Test
    void valueWithinAMendedValue_isNotTakenByItself() {
        assertThat(AnswerReader.read("{x: {\"a\": 1}}", ITEM, false).valid()).isFalse();
    }

    @Test
    void soundPartOfWhatIsNoJson_isTaken() {
        Found found = AnswerReader.read("[{\"a\": 1} and so on]", ITEM, false);

        assertThat(found.data()).hasToString("{\"a\":1}");
        assertThat(found.repaired()).isFalse();
    }

    @Test
    void scalars_countOnlyAsAWholeTextOrBlock() {
        CompiledSchema number = schema("{\"type\":\"number\"}");

        assertThat(read(" 42 ", number)).hasToString("42");
        assertThat(read("So:\n```\n42\n```", number)).hasToString("42");
        assertThat(AnswerReader.read("It is 42", number, false).valid()).isFalse();
        assertThat(read("\"x\"", ANYTHING)).hasToString("\"x\"");
    }

    @Test
    void soundValue_isPreferredToAMendedLaterOne() {
        Found found = AnswerReader.read("{\"a\": 1} or {a: 2}", ITEM, false);

        assertThat(found.data()).hasToString("{\"a\":1}");
        assertThat(found.repaired()).isFalse();
    }

    @Test
    void damagedValue_isMended() {
        Found found = AnswerReader.read("{name} is:\n```json\n{'a': 2,}\n```", ITEM, false);

        assertThat(found.data()).hasToString("{\"a\":2}");
        assertThat(found.repaired()).isTrue();
    }

    @Test
    void missingBracketInAFence_isAddedAtTheFencesEnd() {
        assertThat(read("```json\n{\"a\": 2, \"b\": [1\n```\nThat is all.", ITEM))
                .hasToString("{\"a\":2,\"b\":[1]}");
    }

    @Test
    void truncatedAnswer_isNotMended_norIsADraftBeforeItTaken() {
        assertThat(AnswerReader.read("{\"a\": 1", ITEM, true).errors())
                .singleElement()
                .satisfies(error -> assertThat(error.message()).contains("cut off"));
        assertThat(AnswerReader.read("Draft: {\"a\": 1} Final: {\"a\": 2, \"b\": [", ITEM, true)
                        .valid())
                .isFalse();
        assertThat(AnswerReader.read("{\"x\": {\"a\": 1}, ", ITEM, true).valid())
                .isFalse();
        assertThat(AnswerReader.read("{a: 1}", ITEM, true).valid()).isFalse();
        assertThat(AnswerReader.read("{\"a\": 1} That is", ITEM, true).valid()).isTrue();
    }

    @Test
    void errors_areThoseOfTheSoundCandidateWithTheFewest() {
        CompiledSchema two = schema("{\"type\":\"object\",\"required\":[\"a\",\"b\"]}");

        Found found = AnswerReader.read("{\"a\":1} {} {c:1,}", two, false);

        assertThat(found.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).isEmpty();
            assertThat(error.keyword()).isEqualTo("required");
            assertThat(error.message()).contains("'b'");
        });
    }

    @Test
    void noJsonAtAll_isSaid() {
        assertThat(AnswerReader.read("I cannot help with that.", ITEM, false).errors())
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.keyword()).isEqualTo("json");
                    assertThat(error.message()).isEqualTo("There is no JSON in the answer.");
                });
        assertThat(AnswerReader.read("", ITEM, false).errors()).hasSize(1);
        assertThat(AnswerReader.read("x\n{\"a\": oops}", ITEM, false)
                        .errors()
                        .get(0)
                        .message())
                .isEqualTo("The JSON that begins at line 2, column 1 goes wrong at line 2, column 7.");
    }

    @Test
    void duplicateKeys_areAnErrorAndNotMended() {
        Found found = AnswerReader.read("{\"a\": 1, \"a\": 2}", ITEM, false);

        assertThat(found.valid()).isFalse();
        assertThat(found.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.message()).contains("a key stands twice in one object"));
        assertThat(AnswerReader.read("{a: 1, 'a': 2}", ITEM, false).valid()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": 1e999999999}",
                "{\"a\": 1e-999999999}",
                "{a: 1e5000}",
                "{\"a\": 1e345678901234567890}",
                "{\"a\":1,\"b\":\"\\ud800\"}"
            })
    void whatNobodyCanCarry_isRefused(String text) {
        assertThat(AnswerReader.read(text, ITEM, false).errors().get(0).keyword())
                .isEqualTo("json");
    }

    @Test
    void toolCallsInput_isCheckedAsItIs() throws Exception {
        assertThat(AnswerReader.read(MAPPER.readTree("{\"a\": 1}"), ITEM).valid())
                .isTrue();
        assertThat(AnswerReader.read(MAPPER.readTree("{\"a\": \"1\"}"), ITEM).errors())
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.path()).isEqualTo("/a");
                    assertThat(error.keyword()).isEqualTo("type");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[",
                "{\"a\":",
                "[1,",
                "{\"a\":[",
                "\"[",
                "```",
                "```json\n[",
                "[\"[\",",
                "{a:'",
                "[/*",
                "[#",
                "['\","
            })
    void hostileRepetition_endsSoon(String part) {
        String text = part.repeat(1_000_000 / part.length());
        long start = System.nanoTime();

        AnswerReader.read(text, ANYTHING, false);

        assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
    }

    @Test
    void deepNesting_takesNoStack() throws Exception {
        CompiledSchema recursive = schema("""
                {"type":"array","items":{"$ref":"#"}}""");
        Thread thread = new Thread(
                null,
                () -> {
                    assertThat(AnswerReader.read("[".repeat(900) + "]".repeat(900), ANYTHING, false)
                                    .valid())
                            .isTrue();
                    assertThat(AnswerReader.read("[".repeat(901) + "]".repeat(901), ITEM, false)
                                    .valid())
                            .isFalse();
                    assertThat(AnswerReader.read("[".repeat(900) + "1," + "]".repeat(900), ANYTHING, false)
                                    .valid())
                            .isTrue();
                    assertThat(AnswerReader.read("[".repeat(200) + "]".repeat(200), recursive, false)
                                    .valid())
                            .isTrue();
                },
                "small stack",
                512 * 1024);
        Throwable[] thrown = new Throwable[1];
        thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
        thread.start();
        thread.join();

        assertThat(thrown[0]).isNull();
    }

    private static JsonNode read(String text, CompiledSchema schema) {
        Found found = AnswerReader.read(text, schema, false);
        assertThat(found.errors()).isEmpty();
        return found.data();
    }

    private static CompiledSchema schema(String text) {
        try {
            return SCHEMAS.inline(MAPPER.readTree(text));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
