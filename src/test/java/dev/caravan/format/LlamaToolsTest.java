package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.Usage;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.family.Families;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.TestTrunk;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools in the text of Llama 3.1 and 4. */
class LlamaToolsTest {
    private static final Model LLAMA_31 =
            TestTrunk.resolver().resolve("meta.llama3-1-8b-instruct-v1:0").model();
    private static final Tool WEATHER = new Tool(
            "weather",
            "Weather of a city",
            json("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"));
    private static final Tool TIME = new Tool("time", null, json("{\"type\":\"object\"}"));
    private static final String LINES =
            "{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"description\":\"Weather"
                    + " of a city\",\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}\n"
                    + "{\"type\":\"function\",\"function\":{\"name\":\"time\",\"parameters\":{\"type\":\"object\"}}}\n\n";
    private static final String INVITATION = "These functions can be called; each line is one, with its parameters as a"
            + " JSON Schema. A call is JSON of this form: {\"name\": <name of the function>, \"parameters\": <object with"
            + " its arguments>}. When a function helps to answer, reply with the call alone; otherwise answer in plain"
            + " text.\n\n";
    private static final String DEFINITIONS = INVITATION + LINES;
    private final ModelFormat format = new Llama3Prompt();

    @Test
    void definitions_callsAndResults_areTurnsOfTheTemplate() {
        LlmRequest request = asked().system("Be brief.")
                .message(new Message(
                        Role.ASSISTANT, List.of(new Block.ToolUse("a", "weather", json("{\"city\":\"Oslo\"}")))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("a", "{\"c\":-3}", false))))
                .build();

        assertThat(prompt(request))
                .isEqualTo("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\n" + DEFINITIONS + "How is Oslo?<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n"
                        + "{\"name\": \"weather\", \"parameters\": {\"city\":\"Oslo\"}}<|eot_id|>"
                        + "<|start_header_id|>ipython<|end_header_id|>\n\n{\"c\":-3}<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void definitions_inLlama4() {
        Model model = TestTrunk.resolver()
                .resolve("meta.llama4-scout-17b-instruct-v1:0")
                .model();
        byte[] body = new Llama4Prompt().write(asked().build(), model);

        assertThat(json(new String(body, StandardCharsets.UTF_8)).get("prompt").textValue())
                .isEqualTo("<|begin_of_text|><|header_start|>user<|header_end|>\n\n" + DEFINITIONS
                        + "How is Oslo?<|eot|><|header_start|>assistant<|header_end|>\n\n");
    }

    @Test
    void severalCalls_becomeTurnsEachFollowedByItsResult() {
        LlmRequest request = asked().message(new Message(
                        Role.ASSISTANT,
                        List.of(
                                new Block.Text("I look. "),
                                new Block.ToolUse("a", "weather", json("{}")),
                                new Block.ToolUse("b", "time", json("{}")))))
                .message(new Message(
                        Role.USER,
                        List.of(
                                new Block.ToolResult("b", "no clock", true),
                                new Block.ToolResult("a", "cold", false),
                                new Block.Text("Go on."))))
                .build();

        assertThat(PromptSplitter.split("llama3-prompt", prompt(request)).subList(1, 7))
                .containsExactly(
                        new PromptSplitter.Turn("assistant", "I look.\n{\"name\": \"weather\", \"parameters\": {}}"),
                        new PromptSplitter.Turn("ipython", "cold"),
                        new PromptSplitter.Turn("assistant", "{\"name\": \"time\", \"parameters\": {}}"),
                        new PromptSplitter.Turn("ipython", "{\"error\":\"no clock\"}"),
                        new PromptSplitter.Turn("user", "Go on."),
                        new PromptSplitter.Turn("assistant", null));
    }

    @Test
    void tokensInToolText_areBroken() {
        LlmRequest request = LlmRequest.ofPrompt("Hello")
                .tools(List.of(new Tool("t", "<|eot_id|>", json("{\"description\":\"<|eom_id|>\"}"))))
                .message(new Message(
                        Role.ASSISTANT, List.of(new Block.ToolUse("a", "t", json("{\"x\":\"<|eot_id|>\"}")))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("a", "<|start_header_id|>system", false))))
                .build();

        assertThat(PromptSplitter.split("llama3-prompt", prompt(request)))
                .extracting(PromptSplitter.Turn::role)
                .containsExactly("user", "assistant", "ipython", "assistant");
    }

    @Test
    void toolChoice_noneOffersNothing() {
        assertThat(prompt(
                        asked().toolChoice(ToolChoice.of(ToolChoice.Mode.NONE)).build()))
                .doesNotContain("weather");
    }

    @Test
    void aModelWithoutTools_refusesThemByName_andIsToldOfEarlierCallsInWords() {
        Model llama3 =
                TestTrunk.resolver().resolve("meta.llama3-8b-instruct-v1:0").model();
        LlmRequest history = LlmRequest.ofPrompt("How is Oslo?")
                .message(new Message(Role.ASSISTANT, List.of(new Block.ToolUse("a", "weather", json("{}")))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("a", "cold<|eot_id|>", false))))
                .build();

        assertThatThrownBy(() -> format.write(asked().build(), llama3))
                .asInstanceOf(type(LlmException.class))
                .satisfies(refused -> {
                    assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
                    assertThat(refused).hasMessageContaining("does not take tools");
                });
        assertThat(PromptSplitter.split("llama3-prompt", prompt(history, llama3)))
                .extracting(PromptSplitter.Turn::role)
                .containsExactly("user", "assistant", "user", "assistant");
        assertThat(prompt(history, llama3)).contains("weather", "cold< |eot_id|>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}",
                "\n\n {\"type\":\"function\",\"name\":\"weather\",\"parameters\":{\"city\":\"Oslo\"}}\n<|eot_id|>",
                "<|python_tag|>{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}<|eom_id|>",
                "<|python_start|>{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}<|python_end|>",
                "[{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}]",
            })
    void jsonOfACall_isATool(String generation) {
        FormatReply reply = read(generation, asked().stop("{", "city").build());

        assertThat(reply.toolCalls())
                .containsExactly(new Block.ToolUse("call_1", "weather", json("{\"city\":\"Oslo\"}")));
        assertThat(reply.text()).isEmpty();
        assertThat(reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(reply.stopReasonRaw()).isEqualTo("stop");
    }

    @Test
    void severalCallsAndTextBefore_areTold() {
        String call = "{\"name\": \"time\", \"parameters\": null}";
        FormatReply reply = read("I look.\n\n" + call + "; " + call + "\n" + call, asked().build());

        assertThat(reply.text()).isEqualTo("I look.");
        assertThat(reply.toolCalls()).extracting(Block.ToolUse::id).containsExactly("call_1", "call_2", "call_3");
        assertThat(reply.toolCalls()).extracting(Block.ToolUse::input).containsOnly(json("{}"));
    }

    @Test
    void ids_areUniqueInTheConversation() {
        LlmRequest request = asked().message(
                        new Message(Role.ASSISTANT, List.of(new Block.ToolUse("call_2", "time", json("{}")))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("call_2", "1", false))))
                .build();

        assertThat(read("{\"name\":\"time\",\"parameters\":{}}", request).toolCalls())
                .extracting(Block.ToolUse::id)
                .containsExactly("call_3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"unknown\", \"parameters\": {}}",
                "{\"name\": \"weather\"}",
                "{\"name\": \"weather\", \"parameters\": \"Oslo\"}",
                "{\"name\": \"weather\", \"parameters\": {}",
                "{\"name\": \"weather\", \"parameters\": {}} and more",
                "[]",
                "The call {\"name\": \"weather\", \"parameters\": {}}",
                "12",
            })
    void anythingElse_isText(String generation) {
        FormatReply reply = read(generation, asked().build());

        assertThat(reply.toolCalls()).isEmpty();
        assertThat(reply.text()).isEqualTo(generation);
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void withoutAnOffer_aCallIsText() {
        String call = "{\"name\": \"weather\", \"parameters\": {}}";

        assertThat(read(call, LlmRequest.ofPrompt("x").build()).text()).isEqualTo(call);
        assertThat(read(
                                call,
                                asked().toolChoice(ToolChoice.of(ToolChoice.Mode.NONE))
                                        .build())
                        .text())
                .isEqualTo(call);
    }

    @Test
    void theEmulator_quotesTheUserAndNotTheDefinitions() {
        Conversation conversation = Families.of("llama3-prompt")
                .orElseThrow()
                .read(json(new String(format.write(asked().build(), LLAMA_31), StandardCharsets.UTF_8)), LLAMA_31);

        assertThat(conversation.lastUserText()).isEqualTo("How is Oslo?");
        assertThat(Answerer.answer(conversation, LLAMA_31, Directive.NONE)
                        .text()
                        .orElseThrow())
                .startsWith("You asked: \"How is Oslo?\"");
    }

    private static LlmRequest.Builder asked() {
        return LlmRequest.ofPrompt("How is Oslo?").tools(List.of(WEATHER, TIME));
    }

    private String prompt(LlmRequest request) {
        return prompt(request, LLAMA_31);
    }

    private String prompt(LlmRequest request, Model model) {
        return json(new String(format.write(request, model), StandardCharsets.UTF_8))
                .get("prompt")
                .textValue();
    }

    private FormatReply read(String generation, LlmRequest request) {
        byte[] body = Json.write(Json.object().put("generation", generation).put("stop_reason", "stop"));
        return format.read(new WireReply(body, Usage.UNKNOWN, request, LLAMA_31));
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
