package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of the tests: temperature 0.7, max tokens 4096. */
class ParameterRulesTest {
    private static final Model CLAUDE_3 = model("claude-3-haiku");
    private static final Model ONE_OF_TWO = model("claude-haiku-4-5");
    private static final Model NO_SAMPLING = model("claude-opus-4-8");

    @Test
    void defaults_fillWhatIsAbsent() {
        LlmRequest filled = apply(LlmRequest.ofPrompt("x"), CLAUDE_3);

        assertThat(filled.temperature()).isEqualTo(0.7);
        assertThat(filled.maxTokens()).isEqualTo(4096);
    }

    @Test
    void defaults_areLeftOutWhereTheModelCannotTakeThem() {
        assertThat(apply(LlmRequest.ofPrompt("x"), NO_SAMPLING).temperature()).isNull();
        assertThat(apply(LlmRequest.ofPrompt("x").topP(0.5), ONE_OF_TWO).temperature())
                .isNull();
        assertThat(apply(LlmRequest.ofPrompt("x").useDefaults(false), CLAUDE_3).temperature())
                .isNull();
    }

    @Test
    void zeroTemperature_isKept() {
        assertThat(apply(LlmRequest.ofPrompt("x").temperature(0.0), CLAUDE_3).temperature())
                .isZero();
    }

    @Test
    void givenParameter_thatTheModelCannotTake_isRefusedByName() {
        refused(LlmRequest.ofPrompt("x").temperature(1.5), CLAUDE_3, "temperature: must be 0 to 1");
        refused(LlmRequest.ofPrompt("x").topP(-0.1), CLAUDE_3, "top_p: must be 0 to 1");
        refused(LlmRequest.ofPrompt("x").temperature(0.5), NO_SAMPLING, "temperature: anthropic.claude-opus-4-8 does");
        refused(LlmRequest.ofPrompt("x").topP(0.5), NO_SAMPLING, "top_p: anthropic.claude-opus-4-8 does not take it");
        refused(LlmRequest.ofPrompt("x").temperature(0.5).topP(0.5), ONE_OF_TWO, "temperature, top_p:");
        refused(LlmRequest.ofPrompt("x").maxTokens(4097), CLAUDE_3, "max_tokens: must be at most 4096");
    }

    @Test
    void stopSequences_thatCaravanCutsAt_areFewAndShort() {
        Model llama = model("llama-3.1-8b");
        List<String> many = IntStream.range(0, 65).mapToObj(Integer::toString).toList();

        assertThat(apply(LlmRequest.ofPrompt("x").stop(many.subList(0, 64)), llama)
                        .stop())
                .hasSize(64);
        refused(LlmRequest.ofPrompt("x").stop(many), llama, "stop: at most 64 stop sequences for meta.llama3-1-8b");
        assertThat(apply(LlmRequest.ofPrompt("x").stop(List.of("y".repeat(1000))), llama))
                .isNotNull();
        refused(
                LlmRequest.ofPrompt("x").stop(List.of("y", "y".repeat(1001))),
                llama,
                "stop[1]: at most 1000 characters for meta.llama3-1-8b-instruct-v1:0, not 1001.");
        assertThat(apply(LlmRequest.ofPrompt("x").stop(List.of("y".repeat(1001))), CLAUDE_3))
                .isNotNull();
    }

    @Test
    void defaultMaxTokens_leaveHalfOfTheContextWindowToThePrompt() {
        Model lite = model("amazon.titan-text-lite-v1");

        assertThat(apply(LlmRequest.ofPrompt("x"), lite).maxTokens()).isEqualTo(2048);
        assertThat(apply(LlmRequest.ofPrompt("x").maxTokens(4000), lite).maxTokens())
                .isEqualTo(4000);
    }

    @Test
    void assumedRangeOfTemperature_refusesNothingThatTheModelMayTake() {
        assertThat(apply(LlmRequest.ofPrompt("x").temperature(1.5), model("gpt-oss-120b"))
                        .temperature())
                .isEqualTo(1.5);
    }

    @Test
    void numbersInMessages_areWrittenAsPeopleDo() {
        refused(
                LlmRequest.ofPrompt("x").temperature(-1.0),
                model("nova-pro"),
                "temperature: must be 0.00001 to 1 for amazon.nova-pro-v1:0, not -1.");
    }

    @Test
    void tools_areRefusedByNameWhereTheModelOrTheListCannotBeRight() {
        Tool tool = new Tool("look_up", null, Json.object().put("type", "object"));

        refused(LlmRequest.ofPrompt("x").tools(List.of(tool)), model("gemma-3-27b-it"), "tools: google.gemma-3");
        refused(LlmRequest.ofPrompt("x").tools(List.of(tool, tool)), CLAUDE_3, "tools: each needs a name of its own");
        refused(
                LlmRequest.ofPrompt("x").tools(List.of(new Tool("a.b", null, Json.object()))),
                CLAUDE_3,
                "tools: each needs a name of its own");
        refused(
                LlmRequest.ofPrompt("x").tools(List.of(tool)).toolChoice(ToolChoice.tool("other")),
                CLAUDE_3,
                "tool_choice: no tool is called 'other'");
        refused(
                LlmRequest.ofPrompt("x").toolChoice(ToolChoice.of(ToolChoice.Mode.ANY)),
                CLAUDE_3,
                "tool_choice: needs tools");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku, true, true",
        "claude-sonnet-5, true, true",
        "nova-pro, true, true",
        "mistral.mistral-large-2402-v1:0, true, true",
        "v3-v1, true, true",
        "acme.big-v1:0, true, true",
        "claude-fable-5, false, false",
        "llama-3.3-70b, false, false",
        "palmyra-x5, false, false",
        "gpt-oss-120b, false, false",
        "jamba-1-5-mini, false, false",
        "command-r, false, false"
    })
    void aForcedTool_isRefusedByNameWhereTheModelCannotBeMadeToCallOne(String name, boolean any, boolean tool) {
        List<Tool> tools = List.of(
                new Tool("a", null, Json.object().put("type", "object")),
                new Tool("b", null, Json.object().put("type", "object")));
        for (ToolChoice choice : List.of(ToolChoice.of(ToolChoice.Mode.ANY), ToolChoice.tool("a"))) {
            LlmRequest.Builder request = LlmRequest.ofPrompt("x").tools(tools).toolChoice(choice);
            if (choice.mode() == ToolChoice.Mode.ANY ? any : tool) {
                assertThat(apply(request, model(name)).toolChoice()).isEqualTo(choice);
            } else {
                refused(
                        request,
                        model(name),
                        "tool_choice: " + model(name).id() + " decides itself whether it calls a tool");
            }
        }
        assertThat(apply(
                        LlmRequest.ofPrompt("x").tools(tools).toolChoice(ToolChoice.of(ToolChoice.Mode.AUTO)),
                        model(name)))
                .isNotNull();
    }

    @Test
    void conversation_beginsWithTheUser() {
        refused(
                LlmRequest.builder().messages(List.of(Message.of(Role.ASSISTANT, "a"), Message.of(Role.USER, "u"))),
                CLAUDE_3,
                "messages: the first message");
    }

    @Test
    void prefill_isRefusedWhereTheModelRefusesIt() {
        LlmRequest.Builder prefill =
                LlmRequest.builder().messages(List.of(Message.of(Role.USER, "u"), Message.of(Role.ASSISTANT, "a")));

        assertThat(apply(prefill, CLAUDE_3)).isNotNull();
        refused(prefill, NO_SAMPLING, "messages: anthropic.claude-opus-4-8 does not continue");
    }

    private static Model model(String name) {
        return TestTrunk.resolver().resolve(name).model();
    }

    private static LlmRequest apply(LlmRequest.Builder request, Model model) {
        return TestTrunk.checked(request.build(), model);
    }

    private static void refused(LlmRequest.Builder request, Model model, String message) {
        assertThatThrownBy(() -> apply(request, model)).hasMessageContaining(message);
    }
}
