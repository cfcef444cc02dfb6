package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What formats write with tools, the emulator takes. */
class ToolsTrunkTest {
    private static TestTrunk trunk;
    private static Tool tool;

    @BeforeAll
    static void start() throws Exception {
        trunk = TestTrunk.start();
        tool = new Tool(
                "lookup",
                "Looks something up",
                Json.read(("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
                                + "\"additionalProperties\":false,\"properties\":{\"city\":{\"$ref\":\"#/$defs/c\"}},"
                                + "\"required\":[\"city\"],\"$defs\":{\"c\":{\"type\":\"string\"}}}")
                        .getBytes(StandardCharsets.UTF_8)));
    }

    @AfterAll
    static void stop() {
        trunk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-3-haiku",
                "claude-sonnet-5",
                "nova-lite",
                "mistral.mistral-large-2402-v1:0",
                TestTrunk.UNKNOWN_ID
            })
    void aForcedTool_isCalledAndItsResultAnswered(String model) throws Exception {
        LlmRequest request = LlmRequest.ofPrompt("Weather in Oslo?")
                .model(model)
                .tools(List.of(tool))
                .toolChoice(ToolChoice.tool("lookup"))
                .build();

        LlmReply called = trunk.ask(request);

        assertThat(called.stopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(called.toolCalls()).hasSize(1);
        Block.ToolUse use = called.toolCalls().get(0);
        assertThat(use.name()).isEqualTo("lookup");
        assertThat(use.input().get("city").isTextual()).isTrue();

        LlmRequest.Builder next = request.toBuilder()
                .message(new Message(Role.ASSISTANT, List.of(use)))
                .message(new Message(Role.USER, List.of(new Block.ToolResult(use.id(), "3 degrees", false))));
        assertThat(trunk.ask(next.toolChoice(null).build()).text()).contains("3 degrees");
        assertThat(trunk.ask(next.tools(List.of()).build()).text()).contains("3 degrees");
        assertThat(trunk.ask(next.tools(List.of(tool))
                                .toolChoice(ToolChoice.of(Mode.NONE))
                                .build())
                        .text())
                .contains("3 degrees");
    }

    @ParameterizedTest
    @ValueSource(strings = {"us.meta.llama3-3-70b-instruct-v1:0", "writer.palmyra-x5-v1:0"})
    void aToolThatCannotBeForced_isRefusedByName(String model) {
        LlmRequest request = LlmRequest.ofPrompt("Weather in Oslo?")
                .model(model)
                .tools(List.of(tool))
                .toolChoice(ToolChoice.tool("lookup"))
                .build();

        assertThatThrownBy(() -> trunk.ask(request))
                .isInstanceOf(LlmException.class)
                .hasMessageStartingWith("tool_choice: ");
    }

    @Test
    void novaThatIsOfferedTools_keepsItsPlanOutOfTheText() throws Exception {
        LlmReply reply = trunk.ask(LlmRequest.ofPrompt("Hi")
                .model("nova-lite")
                .tools(List.of(tool))
                .build());

        assertThat(reply.text()).startsWith("You asked");
        assertThat(reply.reasoning()).isNotBlank();
    }
}
