package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Structured answers that ended before the model had said all. */
class StoppedAnswersTest {
    private static final String LIST = "{\"type\": \"array\"}";
    private static TestTrunk trunk;
    private int before;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start();
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    @BeforeEach
    void count() throws Exception {
        before = trunk.calls().path("requests").size();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-70b", "amazon.titan-text-express-v1", "anthropic.claude-v2:1"})
    void answerThatAStopSequenceCut_isNotMendedAndNotAskedAgain(String model) throws Exception {
        LlmException failure = failure(asked(model, "[1, 2, 3]", LIST).stop(","));

        assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("stop_sequence");
        assertThat(failure).hasMessageContaining("stop sequence").hasMessageContaining("leave stop out");
        assertThat(failure.truncated()).isFalse();
        assertThat(failure.raw()).isEqualTo("[1");
        assertThat(failure.usage().outputTokens()).isPositive();
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void numberBeforeAStopSequence_isNotTakenForAWholeOne() {
        LlmException failure = failure(
                asked("anthropic.claude-v2:1", "12.5", "{\"type\": \"number\"}").stop("."));

        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("stop_sequence");
    }

    @Test
    void wholeAnswerBeforeAStopSequence_isTaken() throws Exception {
        LlmReply reply = trunk.askStructured(
                asked("anthropic.claude-v2:1", "[1, 2] END", LIST).stop("END").build());

        assertThat(reply.data()).isEqualTo(json("[1, 2]"));
        assertThat(reply.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
        assertThat(reply.validation().attempts()).isEqualTo(1);
    }

    @Test
    void wholeAnswerBeforeAStopSequence_isAskedAgainWhenItDoesNotFit() throws Exception {
        LlmException failure =
                failure(asked("anthropic.claude-v2:1", "{\"a\": 1} END", LIST).stop("END"));

        assertThat(failure.errors()).extracting(error -> error.keyword()).containsExactly("type");
        assertThat(calls()).isEqualTo(3);
    }

    @Test
    void answerThatEndedForAnUnknownReason_isNotMendedButAskedAgain() throws Exception {
        LlmReply reply = trunk.askStructured(
                LlmRequest.ofPrompt("Go\n@emulator times=1 stop=malformed_model_output text=" + quoted("[1, 2"))
                        .model(TestTrunk.UNKNOWN_ID)
                        .structured(Structured.schema(json(LIST)))
                        .build());

        assertThat(reply.validation().repaired()).isFalse();
        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"nova-pro", "claude-3-haiku"})
    void callThatEndedForAnUnknownReason_isAskedAgain(String model) throws Exception {
        LlmReply reply = trunk.askStructured(
                LlmRequest.ofPrompt("Go\n@emulator times=1 stop=malformed_tool_use text=" + quoted("{}"))
                        .model(model)
                        .structured(Structured.schema(json("{\"type\": \"object\"}")))
                        .build());

        assertThat(reply.validation().attempts()).isEqualTo(2);
    }

    @Test
    void answerAtTheModelsLimit_isNotAdvisedToRaiseIt() {
        LlmException failure = failure(LlmRequest.ofPrompt("Go\n@emulator stop=max_tokens text=" + quoted("[1, 2"))
                .model("anthropic.claude-v2:1")
                .maxTokens(4096)
                .structured(Structured.schema(json(LIST))));

        assertThat(failure.truncated()).isTrue();
        assertThat(failure)
                .hasMessageContaining("ask for less, or choose a model with a larger limit")
                .hasMessageNotContaining("raise");
    }

    @Test
    void answerBelowTheModelsLimit_isAdvisedToRaiseIt() {
        LlmException failure = failure(LlmRequest.ofPrompt("Go\n@emulator stop=max_tokens text=" + quoted("[1, 2"))
                .model("anthropic.claude-v2:1")
                .maxTokens(100)
                .structured(Structured.schema(json(LIST))));

        assertThat(failure).hasMessageContaining("raise max_tokens").hasMessageContaining("up to 4096");
    }

    @Test
    void fullContextWindow_isSaidToBeTheConversations() {
        LlmException failure =
                failure(LlmRequest.ofPrompt("Go\n@emulator stop=model_context_window_exceeded text=" + quoted("[1, 2"))
                        .model("anthropic.claude-v2:1")
                        .structured(Structured.schema(json(LIST))));

        assertThat(failure.truncated()).isTrue();
        assertThat(failure)
                .hasMessageContaining("model_context_window_exceeded")
                .hasMessageContaining("conversation is too long")
                .hasMessageNotContaining("raise");
    }

    private int calls() throws Exception {
        return trunk.calls().path("requests").size() - before;
    }

    private static LlmRequest.Builder asked(String model, String answer, String schema) {
        return LlmRequest.ofPrompt("Go\n@emulator text=" + quoted(answer))
                .model(model)
                .structured(Structured.schema(json(schema)));
    }

    private static LlmException failure(LlmRequest.Builder request) {
        return catchThrowableOfType(LlmException.class, () -> trunk.askStructured(request.build()));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
