package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose native body is a list of messages, through the whole trunk and over real HTTP. */
class ChatModelsTrunkTest {
    private static TestTrunk trunk;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start();
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mistral.mistral-large-2407-v1:0",
                "mistral.pixtral-large-2502-v1:0",
                "ai21.jamba-1-5-large-v1:0",
                "ai21.jamba-instruct-v1:0",
                "cohere.command-r-plus-v1:0",
                "mistral.mistral-large-3-675b-instruct",
                "mistral.devstral-2-123b",
                "deepseek.v3.2",
                "qwen.qwen3-coder-480b-a35b-v1:0",
                "google.gemma-3-27b-it",
                "nvidia.nemotron-nano-3-30b"
            })
    void aConversation_isAnswered(String model) throws Exception {
        LlmReply reply = trunk.ask(conversation(model).build());

        assertThat(reply.text()).startsWith("You asked: \"And the sea?");
        assertThat(reply.reasoning()).isNull();
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.model()).endsWith(model);
        assertThat(reply.usage().inputTokens()).isPositive();
        assertThat(reply.usage().outputTokens()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai.gpt-oss-20b-1:0",
                "qwen.qwen3-32b-v1:0",
                "mistral.magistral-small-2509",
                "minimax.minimax-m2.5",
                "moonshotai.kimi-k2.5",
                "zai.glm-4.7"
            })
    void aModelThatThinks_answersWithItsReasoningApart(String model) throws Exception {
        LlmReply reply = trunk.ask(conversation(model).build());

        assertThat(reply.text()).startsWith("You asked: \"And the sea?");
        assertThat(reply.reasoning()).startsWith("The question is clear");
    }

    @ParameterizedTest
    @CsvSource({
        "mistral.mistral-large-2407-v1:0, length",
        "ai21.jamba-1-5-large-v1:0, length",
        "cohere.command-r-v1:0, MAX_TOKENS",
        "deepseek.v3-v1:0, length"
    })
    void anAnswerThatIsCutOff_saysSo(String model, String word) throws Exception {
        LlmReply reply = trunk.ask(conversation(model).maxTokens(3).build());

        assertThat(reply.text()).isEqualTo("You asked: \"");
        assertThat(reply.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(reply.stopReasonRaw()).isEqualTo(word);
        assertThat(reply.usage().outputTokens()).isEqualTo(3);
    }

    private static LlmRequest.Builder conversation(String model) {
        return LlmRequest.ofPrompt("Why is the sky blue?")
                .model(model)
                .system("Be brief.")
                .message(Message.of(Role.ASSISTANT, "Light is scattered."))
                .message(Message.of(Role.USER, "And the sea?"))
                .message(Message.of(Role.USER, "Just as blue."));
    }
}
