package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Tool;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose body is one prompt, from the trunk to the emulator and back. */
class PromptModelsTest {
    private static TestTrunk trunk;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start("caravan.retry.max=0", "caravan.rate-limit.requests=0");
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta.llama2-70b-chat-v1",
                "meta.llama3-70b-instruct-v1:0",
                "us.meta.llama3-1-8b-instruct-v1:0",
                "us.meta.llama3-2-90b-instruct-v1:0",
                "us.meta.llama3-3-70b-instruct-v1:0",
                "us.meta.llama4-scout-17b-instruct-v1:0",
                "mistral.mistral-7b-instruct-v0:2",
                "mistral.mixtral-8x7b-instruct-v0:1",
                "mistral.mistral-large-2402-v1:0",
                "mistral.mistral-small-2402-v1:0",
                "us.deepseek.r1-v1:0",
                "amazon.titan-text-express-v1",
            })
    void aConversation_isUnderstoodAndAnswered(String model) throws Exception {
        LlmReply reply = trunk.ask(LlmRequest.ofPrompt("One")
                .model(model)
                .system("Be brief.")
                .message(Message.of(Role.ASSISTANT, "Yes"))
                .message(Message.of(Role.USER, "What is two?"))
                .build());

        assertThat(reply.text()).startsWith("You asked: \"").contains("What is two?");
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.usage().totalTokens()).isPositive();
        assertThat(reply.reasoning() != null).isEqualTo(model.contains("deepseek"));

        LlmException empty = catchThrowableOfType(
                LlmException.class,
                () -> trunk.ask(
                        LlmRequest.ofPrompt("@emulator empty").model(model).build()));
        assertThat(empty.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta.llama3-70b-instruct-v1:0", "amazon.titan-text-express-v1", "mixtral"})
    void aStopSequence_endsTheAnswer(String model) throws Exception {
        LlmReply reply = trunk.ask(LlmRequest.ofPrompt("x\n@emulator text=\"one two\"")
                .model(model)
                .stop("two")
                .build());

        assertThat(reply.text()).isEqualTo("one ");
    }

    @Test
    void aToolOfLlama_isCalled() throws Exception {
        LlmReply reply = trunk.ask(LlmRequest.ofPrompt(
                        "x\n@emulator text=\"{\\\"name\\\":\\\"time\\\",\\\"parameters\\\":{\\\"a\\\":1}}\"")
                .model("us.meta.llama3-1-8b-instruct-v1:0")
                .tools(List.of(new Tool("time", null, Json.object().put("type", "object"))))
                .build());

        assertThat(reply.toolCalls()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("time");
            assertThat(call.input()).isEqualTo(Json.object().put("a", 1));
        });
        assertThat(reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
    }
}
