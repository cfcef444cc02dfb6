package dev.caravan.format;

import static dev.caravan.format.StreamRun.chunk;
import static dev.caravan.format.ToolRequests.WEATHER;
import static dev.caravan.format.ToolRequests.offering;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Part;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What single events of the chat families' streams mean. */
class StreamEventsTest {
    private static final LlmRequest PLAIN = LlmRequest.ofPrompt("Hello").build();
    private static final LlmRequest OFFERING = offering(null, WEATHER).build();

    private static StreamRun run(ModelFormat format, Model model, LlmRequest asked, String... events) {
        boolean named = format instanceof Converse;
        return StreamRun.of(
                format,
                asked,
                model,
                Arrays.stream(events)
                        .map(event -> event.replace('\'', '"'))
                        .map(event -> named ? StreamRun.named(StreamRun.parsed(event)) : chunk(event))
                        .toList());
    }

    private static StreamRun claude(LlmRequest asked, String... events) {
        return run(new AnthropicMessages(), ToolRequests.model("claude-3-haiku"), asked, events);
    }

    private static StreamRun converse(LlmRequest asked, String... events) {
        return run(new Converse(), ToolRequests.model("nova-lite"), asked, events);
    }

    private static StreamRun chat(Model model, String... events) {
        return run(new OpenAiChat(), model, PLAIN, events);
    }

    private static String delta(String delta) {
        return "{'choices':[{'index':0,'delta':" + delta + "}]}";
    }

    private static String call(String call) {
        return delta("{'tool_calls':[" + call + "]}");
    }

    private static final String FINISH = "{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}";

    private static Part input(int index, String id, String name, String piece) {
        return new Part.ToolInput(index, id, name, piece);
    }

    @Test
    void claude_eachPieceLeavesWithItsEvent() {
        StreamRun run = claude(
                PLAIN,
                "{'type':'message_start','message':{'usage':{'input_tokens':7,'output_tokens':1}}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'Hm '}}",
                "{'type':'content_block_stop','index':0}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'Hi '}}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'\\ud83d'}}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'\\ude80'}}",
                "{'type':'message_stop'}");

        assertThat(run.partsByEvent)
                .containsExactly(
                        List.of(),
                        List.of(new Part.Reasoning("Hm ")),
                        List.of(),
                        List.of(new Part.Text("Hi ")),
                        List.of(),
                        List.of(new Part.Text("🚀")),
                        List.of(),
                        List.of());
        assertThat(run.usages.get(0)).isEqualTo(Usage.of(7L, 1L));
        assertThat(run.ended).isTrue();
    }

    @Test
    void claude_theLastCountHolds_andMetricsOnlyFillIn() {
        String text = "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'Hi'}}";
        String start = "{'type':'message_start','message':{'usage':{'input_tokens':7,'output_tokens':1}}}";
        String stop = "{'type':'message_stop','amazon-bedrock-invocationMetrics':"
                + "{'inputTokenCount':392,'outputTokenCount':90}}";

        assertThat(claude(
                                PLAIN,
                                start,
                                text,
                                "{'type':'message_delta','delta':{},'usage':{'output_tokens':100}}",
                                "{'type':'message_delta','delta':{'stop_reason':'end_turn'},"
                                        + "'usage':{'output_tokens':134}}",
                                stop)
                        .reply
                        .usage())
                .isEqualTo(Usage.of(7L, 134L));
        assertThat(claude(PLAIN, text, stop).reply.usage()).isEqualTo(Usage.of(392L, 90L));
    }

    @Test
    void claude_callsThatOverlapDoNotMix() {
        StreamRun run = claude(
                PLAIN,
                "{'type':'content_block_start','index':0,'content_block':{'type':'tool_use','id':'a','name':'weather'}}",
                "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'b','name':'clock'}}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{'}}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'input_json_delta','partial_json':''}}",
                "{'type':'content_block_stop','index':0}",
                "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'}'}}",
                "{'type':'content_block_stop','index':1}",
                "{'type':'message_stop'}");

        assertThat(run.parts())
                .containsExactly(
                        input(0, "a", "weather", ""),
                        input(0, "a", "weather", "{}"),
                        input(1, "b", "clock", "{"),
                        input(1, "b", "clock", "}"));
        run.assertPartsAreTheReply();
    }

    @Test
    void aCallWithoutInputIsNoAnswerToASchema() {
        LlmRequest structured = PLAIN.toBuilder()
                .structured(new Structured(Json.object().put("type", "object"), null, 0))
                .build();
        StreamRun run = converse(
                structured,
                "{'contentBlockStart':{'contentBlockIndex':0,'start':{'toolUse':{'toolUseId':'a','name':'answer'}}}}",
                "{'contentBlockStop':{'contentBlockIndex':0}}",
                "{'messageStop':{'stopReason':'tool_use'}}");

        assertThat(run.reply.unreadCalls()).containsExactly(new UnreadCall("a", "answer", ""));
        assertThat(run.inputs()).containsExactly("");
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, PROVIDER_UNAVAILABLE, BACKOFF",
        "rate_limit_error, PROVIDER_THROTTLED, BACKOFF",
        "api_error, PROVIDER_ERROR, BACKOFF",
        "invalid_request_error, INVALID_REQUEST, NEVER",
        "new_error, PROVIDER_ERROR, NEVER"
    })
    void anErrorWithinTheStream_isAFailureWithTheCounts(String type, ErrorKind kind, Retry retry) {
        LlmException failure = claude(
                        PLAIN,
                        "{'type':'message_start','message':{'usage':{'input_tokens':7,'output_tokens':1}}}",
                        "{'type':'error','error':{'type':'" + type + "','message':'Overloaded'}}")
                .failure;

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure.providerCode()).isEqualTo(type);
        assertThat(failure).hasMessage("Overloaded");
        assertThat(failure.usage()).isEqualTo(Usage.of(7L, 1L));
        assertThat(chat(ChatModels.GEMMA, "{'error':{'message':'Overloaded','type':'" + type + "'}}")
                        .failure
                        .kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "7",
                "{'type':'content_block_start','index':0,'content_block':'text'}",
                "{'type':'content_block_delta','index':0,'delta':null}",
                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':5}}"
            })
    void claude_anEventThatCannotBeRead_isAProviderError(String event) {
        StreamRun run = claude(PLAIN, "{'type':'message_start','message':{'usage':{'input_tokens':7}}}", event);

        assertThat(run.failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(run.failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(run.failure.usage()).isEqualTo(Usage.of(7L, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':[{'delta':'Hi'}]}",
                "{'choices':[{'delta':{'content':5}}]}",
                "{'choices':[{'delta':{'content':[{'type':'image'}]}}]}"
            })
    void chat_anEventThatCannotBeRead_isAProviderError(String event) {
        assertThat(chat(ChatModels.GEMMA, event).failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(run(new CohereChat(), ChatModels.COMMAND_R, PLAIN, "{'event_type':'text-generation','text':5}")
                        .failure
                        .kind())
                .isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(converse(PLAIN, "{'contentBlockDelta':{'delta':{'text':5}}}")
                        .failure
                        .kind())
                .isEqualTo(ErrorKind.PROVIDER_ERROR);
    }

    @Test
    void withoutItsOwnEnd_aStreamHasNotEnded() {
        assertThat(claude(
                                PLAIN,
                                "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'x'}}",
                                "{'type':'message_delta','delta':{'stop_reason':'end_turn'}}")
                        .ended)
                .isFalse();
        assertThat(converse(PLAIN, "{'contentBlockDelta':{'delta':{'text':'x'}}}", "{'metadata':{'usage':{}}}").ended)
                .isFalse();
        assertThat(chat(ChatModels.GEMMA, delta("{'content':'x'}"), "{'choices':[],'usage':{}}", "'[DONE]'").ended)
                .isFalse();
        assertThat(run(
                                new CohereChat(),
                                ChatModels.COMMAND_R,
                                PLAIN,
                                "{'event_type':'text-generation','text':'x','is_finished':false}")
                        .ended)
                .isFalse();
        assertThat(chat(ChatModels.GEMMA, delta("{'content':'x'}"), FINISH).ended)
                .isTrue();
        assertThat(chat(
                                ChatModels.GEMMA,
                                delta("{'content':'x'}"),
                                "{'choices':[],'amazon-bedrock-invocationMetrics':{'inputTokenCount':1}}")
                        .ended)
                .isTrue();
    }

    @Test
    void converse_eventsAndMembersThatAreUnknown_arePassedOver() {
        StreamRun run = converse(
                PLAIN,
                "{'newEvent':{'text':'no'}}",
                "{'contentBlockDelta':{'contentBlockIndex':0,'delta':{'text':'Hi','new':{}},'p':'ab'}}",
                "{'contentBlockStart':{'contentBlockIndex':1,'start':{'image':{'format':'png'}}}}",
                "{'contentBlockDelta':{'contentBlockIndex':1,'delta':{'image':{'source':{}}}}}",
                "{'messageStop':{'stopReason':'end_turn'}}");

        assertThat(run.reply.text()).isEqualTo("Hi");
        assertThat(run.partsByEvent.get(1)).containsExactly(new Part.Text("Hi"));
    }

    @Test
    void nova_aPlanIsReasoning_andLeavesAsItComes() {
        StreamRun run = run(
                new NovaMessages(),
                ToolRequests.model("nova-lite"),
                OFFERING,
                "{'contentBlockDelta':{'delta':{'text':'<thin'},'contentBlockIndex':0}}",
                "{'contentBlockStop':{'contentBlockIndex':0}}",
                "{'contentBlockDelta':{'delta':{'text':'king> The user'},'contentBlockIndex':1}}",
                "{'contentBlockStop':{'contentBlockIndex':1}}",
                "{'contentBlockDelta':{'delta':{'text':' asks. </thinking>'},'contentBlockIndex':2}}",
                "{'contentBlockStop':{'contentBlockIndex':2}}",
                "{'contentBlockDelta':{'delta':{'text':'\\nI look.'},'contentBlockIndex':3}}",
                "{'contentBlockStop':{'contentBlockIndex':3}}",
                "{'contentBlockStart':{'start':{'toolUse':{'toolUseId':'7d','name':'weather'}},'contentBlockIndex':22}}",
                "{'contentBlockDelta':{'delta':{'toolUse':{'input':'{}'}},'contentBlockIndex':22}}",
                "{'contentBlockStop':{'contentBlockIndex':22}}",
                "{'messageStop':{'stopReason':'tool_use'}}");

        assertThat(run.parts())
                .containsExactly(
                        new Part.Reasoning("The user"),
                        new Part.Reasoning(" asks."),
                        new Part.Text("I look."),
                        input(0, "7d", "weather", ""),
                        input(0, "7d", "weather", "{}"));
        run.assertPartsAreTheReply();
    }

    @Test
    void chat_eachPieceLeavesWithItsEvent() {
        StreamRun run = chat(
                ChatModels.QWEN_32B,
                delta("{'role':'assistant','content':''}"),
                delta("{'reasoning':'\\n Let me '}"),
                delta("{'reasoning':'see.'}"),
                delta("{'content':'\\n\\nHi'}"),
                delta("{'content':[{'type':'text','text':' there'}]}"),
                call("{'index':0,'id':'a','function':{'name':'weather','arguments':''}}"),
                call("{'index':0,'id':'a','function':{'name':'weather','arguments':'{\\u0022city\\u0022:'}}"),
                call("{'index':0,'function':{'arguments':'1}'}}"),
                call("{'index':1,'id':'b','function':{'name':'clock','arguments':'{}'}}"),
                FINISH);

        assertThat(run.partsByEvent)
                .containsExactly(
                        List.of(),
                        List.of(new Part.Reasoning("Let me")),
                        List.of(new Part.Reasoning(" see.")),
                        List.of(new Part.Text("Hi")),
                        List.of(new Part.Text(" there")),
                        List.of(input(0, "a", "weather", "")),
                        List.of(input(0, "a", "weather", "{\"city\":")),
                        List.of(input(0, "a", "weather", "1}")),
                        List.of(input(1, "b", "clock", "{}")),
                        List.of(),
                        List.of());
        run.assertPartsAreTheReply();
        assertThat(run.reply.stopReason()).isEqualTo(StopReason.TOOL_USE);
    }

    @Test
    void chat_callsAreToldApartByTheirIds_whereTheIndexDoesNot() {
        for (String index : List.of("", "'index':0,")) {
            StreamRun run = chat(
                    ChatModels.GEMMA,
                    call("{" + index + "'id':'a','function':{'name':'x','arguments':'{}'}}"),
                    call("{" + index + "'id':'b','function':{'name':'y','arguments':'{'}}"),
                    call("{" + index + "'id':'b','function':{'name':'y','arguments':'}'}}"),
                    FINISH);

            assertThat(run.reply.toolCalls())
                    .containsExactly(
                            new Block.ToolUse("a", "x", Json.object()), new Block.ToolUse("b", "y", Json.object()));
            run.assertPartsAreTheReply();
        }
    }

    @Test
    void idsThatAreMade_areNobodyElses() {
        LlmRequest asked = LlmRequest.builder()
                .messages(List.of(
                        Message.of(Role.USER, "Hi"),
                        new Message(Role.ASSISTANT, List.of(new Block.ToolUse("call_2", "x", Json.object()))),
                        new Message(Role.USER, List.of(new Block.ToolResult("call_2", "1", false)))))
                .build();
        StreamRun run = run(
                new OpenAiChat(),
                ChatModels.GEMMA,
                asked,
                call("{'index':0,'function':{'name':'x','arguments':'{}'}}"),
                call("{'index':1,'id':'call_3','function':{'name':'y','arguments':'{}'}}"),
                FINISH);
        StreamRun cohere = run(
                new CohereChat(),
                ChatModels.COMMAND_R,
                asked,
                "{'event_type':'tool-calls-generation','tool_calls':[{'name':'x','parameters':{}},{'name':'y'}]}",
                "{'event_type':'stream-end','finish_reason':'COMPLETE'}");

        assertThat(run.reply.toolCalls().stream().map(Block.ToolUse::id)).containsExactly("call_4", "call_3");
        run.assertPartsAreTheReply();
        assertThat(cohere.reply.toolCalls().stream().map(Block.ToolUse::id)).containsExactly("call_3", "call_4");
        assertThat(cohere.partsByEvent.get(0))
                .containsExactly(input(0, "call_3", "x", "{}"), input(1, "call_4", "y", "{}"));
        cohere.assertPartsAreTheReply();
    }

    @Test
    void chat_reasoningApartBehindATagThatNothingOpened_isLeftOut() {
        StreamRun late = chat(
                ChatModels.GPT_OSS, delta("{'content':'</reasoning>Hi'}"), delta("{'reasoning_content':'Hm'}"), FINISH);

        assertThat(late.reply.text()).isEqualTo("Hi");
        assertThat(late.reply.reasoning()).isNull();
        late.assertPartsAreTheReply();
    }

    @Test
    void chat_reasoningThatComesTooLateToStandBeforeTheText_isLeftOut() {
        StreamRun late =
                chat(ChatModels.GEMMA, delta("{'content':' Hi'}"), delta("{'reasoning_content':'Hm'}"), FINISH);
        StreamRun inTime =
                chat(ChatModels.GEMMA, delta("{'content':'Hi'}"), delta("{'reasoning_content':'Hm'}"), FINISH);

        assertThat(late.reply.text()).isEqualTo(" Hi");
        assertThat(late.reply.reasoning()).isNull();
        late.assertPartsAreTheReply();
        assertThat(inTime.reply.reasoning()).isEqualTo("Hm");
        inTime.assertPartsAreTheReply();
    }

    @Test
    void chat_aTextThatMayBeReasoningIsHeld_untilReasoningComesApart() {
        StreamRun run = chat(
                ChatModels.GPT_OSS,
                delta("{'content':'Hi'}"),
                delta("{'reasoning':'Hm'}"),
                delta("{'content':' there'}"),
                FINISH);

        assertThat(run.partsByEvent.subList(0, 3))
                .containsExactly(
                        List.of(),
                        List.of(new Part.Reasoning("Hm"), new Part.Text("Hi")),
                        List.of(new Part.Text(" there")));
        run.assertPartsAreTheReply();
    }

    @Test
    void chat_aRefusalIsTheText_whenThereIsNoOther() {
        StreamRun run = chat(ChatModels.GEMMA, delta("{'refusal':'I can'}"), delta("{'refusal':'not.'}"), FINISH);

        assertThat(run.reply.text()).isEqualTo("I cannot.");
        assertThat(run.reply.stopReason()).isEqualTo(StopReason.REFUSAL);
        run.assertPartsAreTheReply();
    }

    @Test
    void cohere_theTextThatTheEndRepeats_isNotAppended() {
        String end = "{'event_type':'stream-end','finish_reason':'MAX_TOKENS','response':{'text':'Hi there'}}";

        assertThat(run(
                                new CohereChat(),
                                ChatModels.COMMAND_R,
                                PLAIN,
                                "{'event_type':'text-generation','text':'Hi'}",
                                "{'event_type':'text-generation','text':' there'}",
                                end)
                        .text())
                .isEqualTo("Hi there");
        assertThat(run(new CohereChat(), ChatModels.COMMAND_R, PLAIN, end).text())
                .isEqualTo("Hi there");
    }
}
