package dev.caravan.format;

import static dev.caravan.format.ToolRequests.CLOCK;
import static dev.caravan.format.ToolRequests.WEATHER;
import static dev.caravan.format.ToolRequests.history;
import static dev.caravan.format.ToolRequests.json;
import static dev.caravan.format.ToolRequests.offering;
import static dev.caravan.format.ToolRequests.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.error.LlmException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole bodies with tools and native JSON, which callers cannot ask for by themselves. */
class ToolBodiesTest {
    private static final String CLAUDE = "claude-3-haiku";
    private static final String NOVA = "nova-lite";
    private static final String MISTRAL = "mistral.mistral-large-2402-v1:0";
    private static final String LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
    private static final String MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}";

    private final ModelFormat claude = new AnthropicMessages();
    private final ModelFormat nova = new NovaMessages();
    private final ModelFormat converse = new Converse();

    @Test
    void claude_tools() {
        assertThat(written(
                        claude,
                        history()
                                .tools(List.of(WEATHER, CLOCK))
                                .toolChoice(ToolChoice.tool("weather"))
                                .maxTokens(9)
                                .build(),
                        CLAUDE))
                .isEqualTo("{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"messages\":["
                        + "{\"role\":\"user\",\"content\":\"Compare\"},"
                        + "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I look.\"},"
                        + "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"weather\",\"input\":{\"city\":\"Oslo\"}},"
                        + "{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":\"weather\",\"input\":{\"city\":\"Rome\"}}]},"
                        + "{\"role\":\"user\",\"content\":["
                        + "{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"3 degrees\"},"
                        + "{\"type\":\"tool_result\",\"tool_use_id\":\"t2\",\"content\":\"no such city\",\"is_error\":true},"
                        + "{\"type\":\"text\",\"text\":\"And?\"}]}],"
                        + "\"tools\":[{\"name\":\"weather\",\"description\":\"Weather of a city\",\"input_schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}},"
                        + "{\"name\":\"clock\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}}],"
                        + "\"tool_choice\":{\"type\":\"tool\",\"name\":\"weather\"}}");
    }

    @Test
    void nova_tools() {
        assertThat(written(
                        nova,
                        history()
                                .tools(List.of(WEATHER))
                                .toolChoice(ToolChoice.of(Mode.ANY))
                                .build(),
                        NOVA))
                .isEqualTo("{\"schemaVersion\":\"messages-v1\"," + converseHistory(true) + "\"toolConfig\":{\"tools\":["
                        + weatherSpec() + "],\"toolChoice\":{\"any\":{}}}}");
    }

    @Test
    void converse_tools() {
        assertThat(written(
                        converse,
                        history()
                                .tools(List.of(WEATHER))
                                .toolChoice(ToolChoice.tool("weather"))
                                .build(),
                        CLAUDE))
                .isEqualTo("{" + converseHistory(true) + "\"toolConfig\":{\"tools\":[" + weatherSpec()
                        + "],\"toolChoice\":{\"tool\":{\"name\":\"weather\"}}}}");
    }

    private static String converseHistory(boolean status) {
        return "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Compare\"}]},"
                + "{\"role\":\"assistant\",\"content\":[{\"text\":\"I look.\"},"
                + "{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"weather\",\"input\":{\"city\":\"Oslo\"}}},"
                + "{\"toolUse\":{\"toolUseId\":\"t2\",\"name\":\"weather\",\"input\":{\"city\":\"Rome\"}}}]},"
                + "{\"role\":\"user\",\"content\":["
                + "{\"toolResult\":{\"toolUseId\":\"t1\",\"content\":[{\"text\":\"3 degrees\"}]}},"
                + "{\"toolResult\":{\"toolUseId\":\"t2\",\"content\":[{\"text\":\""
                + (status ? "no such city\"}],\"status\":\"error\"}}," : "Error: no such city\"}]}},")
                + "{\"text\":\"And?\"}]}],";
    }

    private static String weatherSpec() {
        return "{\"toolSpec\":{\"name\":\"weather\",\"description\":\"Weather of a city\",\"inputSchema\":{\"json\":"
                + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}}}";
    }

    @Test
    void aHistoryWithToolsButNoTools_offersThoseThatItNames() {
        String offered = "{\"toolSpec\":{\"name\":\"weather\",\"inputSchema\":{\"json\":{\"type\":\"object\"";

        assertThat(written(converse, history().build(), MISTRAL))
                .isEqualTo("{" + converseHistory(false) + "\"toolConfig\":{\"tools\":[" + offered + "}}}}]}}");
        assertThat(written(nova, history().build(), NOVA))
                .endsWith("\"toolConfig\":{\"tools\":[" + offered + ",\"properties\":{}}}}}]}}");
        assertThat(written(claude, history().build(), CLAUDE))
                .endsWith("\"tools\":[{\"name\":\"weather\",\"input_schema\":{\"type\":\"object\"}}]}");
    }

    @Test
    void toolsThatMustNotBeCalled_areLeftOutAndTheHistoryIsTold() {
        LlmRequest request = history()
                .tools(List.of(WEATHER))
                .toolChoice(ToolChoice.of(Mode.NONE))
                .build();
        String told = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Compare\"}]},"
                + "{\"role\":\"assistant\",\"content\":[{\"text\":\"I look.\"},"
                + "{\"text\":\"[Called the tool weather (t1) with {\\\"city\\\":\\\"Oslo\\\"}]\"},"
                + "{\"text\":\"[Called the tool weather (t2) with {\\\"city\\\":\\\"Rome\\\"}]\"}]},"
                + "{\"role\":\"user\",\"content\":[{\"text\":\"[The tool call t1 gave: 3 degrees]\"},"
                + "{\"text\":\"And?\"},{\"text\":\"[The tool call t2 failed: no such city]\"}]}]}";

        assertThat(written(converse, request, MISTRAL)).isEqualTo(told);
        assertThat(written(nova, request, NOVA))
                .isEqualTo(told.replace("{\"messages\"", "{\"schemaVersion\":\"messages-v1\",\"messages\""));
        assertThat(written(claude, request, CLAUDE))
                .contains("\"tool_use\"")
                .endsWith("\"tool_choice\":{\"type\":\"none\"}}");
    }

    @Test
    void aModelWithoutTools_isToldTheHistoryButRefusesTools() {
        assertThat(written(converse, history().build(), MIXTRAL))
                .contains("[Called the tool weather (t1)")
                .doesNotContain("toolUse");
        assertThatThrownBy(() -> written(converse, offering(null, WEATHER).build(), MIXTRAL))
                .isInstanceOf(LlmException.class)
                .hasMessage("tools: " + MIXTRAL + " does not take tools.");
    }

    @Test
    void aResultOfNoKnownCall_isTold() {
        LlmRequest request = LlmRequest.builder()
                .message(new Message(Role.USER, List.of(new Block.ToolResult("t9", "5", false))))
                .build();

        assertThat(written(converse, request, MISTRAL))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"[The tool call t9 gave: 5]\"}]}]}");
    }

    /** A model's kinds of choice: Claude and Nova all, Mistral auto and any, Llama auto. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "claude-3-haiku|AUTO|2|{\"auto\":{}}",
                "claude-3-haiku|ANY|2|{\"any\":{}}",
                "claude-3-haiku|TOOL|2|{\"tool\":{\"name\":\"weather\"}}",
                "mistral.mistral-large-2402-v1:0|AUTO|2|{\"auto\":{}}",
                "mistral.mistral-large-2402-v1:0|ANY|2|{\"any\":{}}",
                "mistral.mistral-large-2402-v1:0|TOOL|1|{\"any\":{}}",
                "us.meta.llama3-3-70b-instruct-v1:0|AUTO|2|{\"auto\":{}}",
                "acme.big-v1:0|TOOL|2|{\"tool\":{\"name\":\"weather\"}}",
            })
    void aChoice_isMadeInAKindThatTheModelTakes(String model, Mode mode, int tools, String choice) {
        ToolChoice asked = mode == Mode.TOOL ? ToolChoice.tool("weather") : ToolChoice.of(mode);

        var config = json(written(converse, offering(asked, WEATHER, CLOCK).build(), model))
                .get("toolConfig");

        assertThat(config.get("tools")).hasSize(tools);
        assertThat(config.get("tools").get(0).get("toolSpec").get("name").asText())
                .isEqualTo("weather");
        assertThat(config.get("toolChoice")).isEqualTo(json(choice));
    }

    @Test
    void noChoice_saysNothing() {
        assertThat(written(converse, offering(null, WEATHER).build(), CLAUDE)).doesNotContain("toolChoice");
        assertThat(written(claude, offering(null, WEATHER).build(), CLAUDE)).doesNotContain("tool_choice");
    }

    @Test
    void aChoiceOfNoTool_isRefused() {
        for (String model : List.of(CLAUDE, MISTRAL, LLAMA)) {
            assertThatThrownBy(() -> written(
                            converse, offering(ToolChoice.tool("x"), WEATHER).build(), model))
                    .isInstanceOf(LlmException.class)
                    .hasMessageContaining("'x'");
        }
    }

    @Test
    void claude_thatThinksByDefaultIsToldNotToBeforeItIsForced() {
        LlmRequest request =
                offering(ToolChoice.tool("clock"), CLOCK).maxTokens(9).build();

        assertThat(written(claude, request, "claude-sonnet-5"))
                .endsWith(
                        "\"tool_choice\":{\"type\":\"tool\",\"name\":\"clock\"},\"thinking\":{\"type\":\"disabled\"}}");
        assertThat(written(converse, request, "claude-sonnet-5"))
                .endsWith("\"toolChoice\":{\"tool\":{\"name\":\"clock\"}}},"
                        + "\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"disabled\"}}}");
    }

    @Test
    void nativeJson_isTheModelsOwnParameter() {
        LlmRequest request = LlmRequest.ofPrompt("Hi")
                .maxTokens(9)
                .responseSchema(json(SCHEMA))
                .build();

        assertThat(written(claude, request, "claude-haiku-4-5"))
                .isEqualTo(
                        "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\","
                                + "\"content\":\"Hi\"}],\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":"
                                + SCHEMA
                                + "}}}");
        assertThat(written(converse, request, "claude-haiku-4-5"))
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}],\"inferenceConfig\":"
                        + "{\"maxTokens\":9},\"outputConfig\":{\"textFormat\":{\"type\":\"json_schema\",\"structure\":"
                        + "{\"jsonSchema\":{\"schema\":\"" + SCHEMA.replace("\"", "\\\"") + "\"}}}}}");
        assertThatThrownBy(() -> written(nova, request, NOVA)).isInstanceOf(LlmException.class);
    }

    @Test
    void nothingGiven_isAnEmptyBodyButTheMessages() {
        assertThat(written(converse, LlmRequest.ofPrompt("Hi").build(), MISTRAL))
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]}");
    }

    @Test
    void blankTexts_areLeftOut() {
        LlmRequest request = LlmRequest.builder()
                .system(" ")
                .messages(List.of(
                        new Message(Role.USER, List.of(new Block.Text("a"), new Block.Text(" \n"))),
                        Message.of(Role.ASSISTANT, " "),
                        Message.of(Role.SYSTEM, ""),
                        Message.of(Role.USER, "b")))
                .build();

        assertThat(written(converse, request, MISTRAL))
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"},{\"text\":\"b\"}]}]}");
        assertThatThrownBy(() -> written(converse, LlmRequest.ofPrompt(" ").build(), MISTRAL))
                .isInstanceOf(LlmException.class);
    }

    @Test
    void blankResultsAndDescriptions_areNeverSent() {
        LlmRequest request = LlmRequest.builder()
                .messages(List.of(
                        Message.of(Role.USER, "a"),
                        new Message(Role.ASSISTANT, List.of(new Block.ToolUse("t", "clock", json("{}")))),
                        new Message(Role.USER, List.of(new Block.ToolResult("t", "", false)))))
                .tools(List.of(new Tool("clock", " ", CLOCK.inputSchema())))
                .build();

        assertThat(written(converse, request, MISTRAL))
                .contains("\"content\":[{\"text\":\"(no output)\"}]")
                .doesNotContain("description");
        assertThat(written(claude, request, CLAUDE))
                .contains("{\"type\":\"tool_result\",\"tool_use_id\":\"t\"}")
                .doesNotContain("description");
    }
}
