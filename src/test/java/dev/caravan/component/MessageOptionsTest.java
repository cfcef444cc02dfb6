package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import dev.caravan.error.LlmException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message may say, and what it may not when the endpoint is pinned. */
class MessageOptionsTest {
    private static HostContext open;
    private static HostContext pinned;

    @BeforeAll
    static void start() throws Exception {
        open = new HostContext().route("caravan:generate?model=claude-3-haiku").start();
        pinned = new HostContext()
                .route("caravan:generate?model=claude-3-haiku&maxTokens=9&pinned=true")
                .start();
    }

    @AfterAll
    static void stop() {
        open.close();
        pinned.close();
    }

    @Test
    void pinnedEndpoint_takesNothingFromHeaders() {
        LlmReply reply = pinned.ask(
                "Say a lot of words to me, please",
                Map.of(
                        CaravanHeaders.MODEL,
                        "claude-3-opus",
                        CaravanHeaders.MAX_TOKENS,
                        500,
                        CaravanHeaders.SYSTEM_PROMPT,
                        "Be evil",
                        CaravanHeaders.TEMPERATURE,
                        new Object()));

        assertThat(reply.model()).contains("claude-3-haiku");
        assertThat(reply.usage().outputTokens()).isLessThanOrEqualTo(9);
    }

    @Test
    void pinnedEndpoint_readsJsonTextAsThePrompt() {
        String json = "{\"prompt\": \"x\", \"model\": \"claude-3-opus\", \"max_tokens\": 500}";

        LlmReply reply = pinned.ask(json);

        assertThat(reply.model()).contains("claude-3-haiku");
        assertThat(open.ask(json).model()).contains("claude-3-opus");
        assertThat(reply.usage().inputTokens())
                .isGreaterThan(open.ask("x").usage().inputTokens());
    }

    @Test
    void pinnedEndpoint_takesOnlyTheConversationOfAMap() {
        LlmReply reply = pinned.ask(Map.of("prompt", "x", "model", "claude-3-opus", "max_tokens", 500));

        assertThat(reply.model()).contains("claude-3-haiku");
        assertThat(reply.usage().outputTokens()).isLessThanOrEqualTo(9);
    }

    @Test
    void headerOfAnotherType_isRefused() {
        assertThat(refusal(CaravanHeaders.TEMPERATURE, new Object()))
                .isEqualTo("CaravanTemperature: must be a number, not a java.lang.Object.");
        assertThat(refusal(CaravanHeaders.MAX_TOKENS, 3.7))
                .isEqualTo("CaravanMaxTokens: must be a whole number, not 3.7.");
        assertThat(refusal(CaravanHeaders.MODEL, 5)).isEqualTo("CaravanModel: must be a string, not 5.");
    }

    @ParameterizedTest
    @CsvSource({
        "CaravanMaxTokens, many, 'CaravanMaxTokens: must be a whole number, not many.'",
        "CaravanMaxTokens, 3.7, 'CaravanMaxTokens: must be a whole number, not 3.7.'",
        "CaravanMaxTokens, 99999999999, 'CaravanMaxTokens: must be a whole number, not 99999999999.'",
        "CaravanTemperature, NaN, 'CaravanTemperature: must be a number, not NaN.'",
        "CaravanTopP, '0,5', 'CaravanTopP: must be a number, not 0,5.'",
        "CaravanOnLimit, later, 'CaravanOnLimit: must be reject or wait, not later.'"
    })
    void headerThatIsNoSuchValue_isRefused(String header, String value, String message) {
        assertThat(refusal(header, value)).isEqualTo(message);
    }

    @Test
    void blankHeaderOfText_countsAsAbsent() {
        assertThat(open.ask("x", Map.of(CaravanHeaders.SYSTEM_PROMPT, "\u00a0\u200b", CaravanHeaders.MODEL, ""))
                        .model())
                .contains("claude-3-haiku");
    }

    private static String refusal(String header, Object value) {
        Throwable failure = open.failure("x", Map.of(header, value));
        assertThat(failure).isInstanceOf(LlmException.class);
        return failure.getMessage();
    }
}
