package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.error.LlmException;
import dev.caravan.support.EmulatorHarness;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One word for a stop reason, told to the emulator, in every family's own words and back. */
class ToldStopReasonsTest {
    private static final JsonNode PERSON = EmulatorHarness.json("""
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"], "additionalProperties": false}""");

    private static TestTrunk trunk;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start("caravan.rate-limit.requests=0");
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku, content_filtered, refusal, refusal",
        "claude-3-haiku, end_turn, end_turn, end_turn",
        "nova-lite, refusal, content_filtered, content_filtered",
        "nova-lite, max_tokens, max_tokens, max_tokens",
        "meta.llama3-3-70b-instruct-v1:0, max_tokens, max_tokens, length",
        "meta.llama3-3-70b-instruct-v1:0, stop_sequence, end_turn, stop",
        "mistral.mistral-7b-instruct-v0:2, max_tokens, max_tokens, length",
        "mistral.mistral-large-2407-v1:0, max_tokens, max_tokens, length",
        "us.deepseek.r1-v1:0, max_tokens, max_tokens, length",
        "amazon.titan-text-express-v1, max_tokens, max_tokens, LENGTH",
        "amazon.titan-text-express-v1, refusal, content_filtered, CONTENT_FILTERED",
        "cohere.command-r-v1:0, max_tokens, max_tokens, MAX_TOKENS",
        "cohere.command-r-v1:0, content_filtered, content_filtered, ERROR_TOXIC",
        "ai21.jamba-1-5-large-v1:0, max_tokens, max_tokens, length",
        "openai.gpt-oss-120b-1:0, max_tokens, max_tokens, length",
        "openai.gpt-oss-120b-1:0, content_filtered, content_filtered, content_filter",
        "writer.palmyra-x5-v1:0, max_tokens, max_tokens, max_tokens"
    })
    void theWord_isTranslatedForTheFamily(String model, String told, String reason, String raw) throws Exception {
        LlmReply reply = trunk.ask(LlmRequest.ofPrompt("Hi\n@emulator text=Ho stop=" + told)
                .model(model)
                .build());

        assertThat(reply.stopReason()).isEqualTo(StopReason.valueOf(reason.toUpperCase(Locale.ROOT)));
        assertThat(reply.stopReasonRaw()).isEqualTo(raw);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-3-haiku",
                "claude-haiku-4-5",
                "anthropic.claude-v2:1",
                "nova-lite",
                "meta.llama2-13b-chat-v1",
                "meta.llama3-3-70b-instruct-v1:0",
                "us.meta.llama4-maverick-17b-instruct-v1:0",
                "mistral.mistral-7b-instruct-v0:2",
                "mistral.mistral-large-2402-v1:0",
                "mistral.mistral-large-2407-v1:0",
                "us.deepseek.r1-v1:0",
                "deepseek.v3-v1:0",
                "amazon.titan-text-express-v1",
                "cohere.command-r-v1:0",
                "ai21.jamba-1-5-large-v1:0",
                "openai.gpt-oss-120b-1:0",
                "qwen.qwen3-32b-v1:0",
                "writer.palmyra-x5-v1:0"
            })
    void maxTokens_givesATruncatedAnswer(String model) {
        LlmException failure = catchThrowableOfType(
                LlmException.class,
                () -> trunk.askStructured(LlmRequest.ofPrompt("Who?\n@emulator stop=max_tokens")
                        .model(model)
                        .structured(Structured.schema(PERSON))
                        .build()));

        assertThat(failure).isNotNull();
        assertThat(failure.truncated()).isTrue();
    }
}
