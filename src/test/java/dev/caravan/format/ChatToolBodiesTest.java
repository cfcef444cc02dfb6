package dev.caravan.format;

import static dev.caravan.format.ChatModels.COMMAND_R;
import static dev.caravan.format.ChatModels.DEEPSEEK;
import static dev.caravan.format.ChatModels.GEMMA;
import static dev.caravan.format.ChatModels.GPT_OSS;
import static dev.caravan.format.ChatModels.JAMBA;
import static dev.caravan.format.ChatModels.MISTRAL_LARGE;
import static dev.caravan.format.ChatModels.MISTRAL_LARGE_3;
import static dev.caravan.format.ChatModels.QWEN_CODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole bodies with tools, their calls and results, and with a schema for the provider's own JSON mode. */
class ChatToolBodiesTest {
    private static final Tool LOOKUP = new Tool(
            "lookup",
            "Looks a city up.",
            json("{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}"));
    private static final Tool NOW = new Tool("now", null, json("{'type':'object','properties':{}}"));
    private static final String TOOLS = "'tools':[{'type':'function','function':{'name':'lookup',"
            + "'description':'Looks a city up.','parameters':{'type':'object','properties':{'city':{'type':'string'}},"
            + "'required':['city']}}},{'type':'function','function':{'name':'now','parameters':{'type':'object',"
            + "'properties':{}}}}]";
    private static final String LOOKUP_ONLY =
            TOOLS.replaceFirst(",\\{'type':'function','function':\\{'name':'now'.*", "]");

    @Test
    void openAi_resultsFollowTheirCalls_andWordsOfTheSameTurnComeAfter() {
        assertThat(body(new OpenAiChat(), conversation().toolChoice(ToolChoice.of(Mode.AUTO)), QWEN_CODER))
                .isEqualTo(text("{'messages':[{'role':'user','content':'Where?'},"
                        + "{'role':'assistant','content':'I look.','tool_calls':["
                        + "{'id':'t1','type':'function','function':{'name':'lookup','arguments':'{`city`:`Oslo`}'}},"
                        + "{'id':'t2','type':'function','function':{'name':'now','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'t1','content':'{`lat`:60}'},"
                        + "{'role':'tool','tool_call_id':'t2','content':'Error: no clock'},"
                        + "{'role':'user','content':'Quick!'}]," + TOOLS + ",'tool_choice':'auto'}"));
    }

    @Test
    void mistral_wordsAfterAResultAreAddedToIt() {
        String expected = "{'messages':[{'role':'user','content':'Where?'},"
                + "{'role':'assistant','content':'I look.','tool_calls':["
                + "{'id':'t1',TYPE'function':{'name':'lookup','arguments':'{`city`:`Oslo`}'}},"
                + "{'id':'t2',TYPE'function':{'name':'now','arguments':'{}'}}]},"
                + "{'role':'tool','tool_call_id':'t1','content':'{`lat`:60}'},"
                + "{'role':'tool','tool_call_id':'t2','content':'Error: no clock~~The user says:^Quick!'}]," + TOOLS
                + "}";

        assertThat(body(new MistralChat(), conversation(), MISTRAL_LARGE))
                .isEqualTo(text(expected.replace("TYPE", "")));
        assertThat(body(new OpenAiChat(), conversation(), MISTRAL_LARGE_3))
                .isEqualTo(text(expected.replace("TYPE", "'type':'function',")));
    }

    @Test
    void jamba_writesToolsAsOpenAiDoes_withoutAChoice() {
        assertThat(body(new JambaChat(), asking().toolChoice(ToolChoice.of(Mode.AUTO)), JAMBA))
                .isEqualTo(text("{'messages':[{'role':'user','content':'Where?'}]," + TOOLS + "}"));
        assertThat(body(new JambaChat(), asking().toolChoice(ToolChoice.of(Mode.NONE)), JAMBA))
                .isEqualTo(text("{'messages':[{'role':'user','content':'Where?'}]}"));
    }

    @Test
    void openAi_saysTheChoicesThatTheModelKnows() {
        Model all = ChatModels.withChoices(QWEN_CODER, Model.ToolChoice.values());
        Model byName = ChatModels.withChoices(QWEN_CODER, Model.ToolChoice.AUTO, Model.ToolChoice.TOOL);
        OpenAiChat format = new OpenAiChat();

        assertThat(ending(format, ToolChoice.of(Mode.ANY), all)).isEqualTo(text(TOOLS + ",'tool_choice':'required'}"));
        assertThat(ending(format, ToolChoice.of(Mode.NONE), all)).isEqualTo(text(TOOLS + ",'tool_choice':'none'}"));
        assertThat(ending(format, ToolChoice.tool("lookup"), all))
                .isEqualTo(text(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'lookup'}}}"));
        assertThat(ending(format, ToolChoice.tool("lookup"), DEEPSEEK))
                .isEqualTo(text(LOOKUP_ONLY + ",'tool_choice':'required'}"));
        assertThat(ending(format, ToolChoice.of(Mode.NONE), GPT_OSS)).isEmpty();
        assertThat(body(format, asking().tools(List.of(LOOKUP)).toolChoice(ToolChoice.of(Mode.ANY)), byName))
                .endsWith(text(LOOKUP_ONLY + ",'tool_choice':{'type':'function','function':{'name':'lookup'}}}"));
    }

    @Test
    void mistral_hasNoNaming_soTheNamedToolIsTheOnlyOneOffered() {
        MistralChat format = new MistralChat();

        assertThat(ending(format, ToolChoice.tool("lookup"), MISTRAL_LARGE))
                .isEqualTo(text(LOOKUP_ONLY + ",'tool_choice':'any'}"));
        assertThat(ending(format, ToolChoice.of(Mode.ANY), MISTRAL_LARGE))
                .isEqualTo(text(TOOLS + ",'tool_choice':'any'}"));
        assertThat(ending(format, ToolChoice.of(Mode.NONE), MISTRAL_LARGE))
                .isEqualTo(text(TOOLS + ",'tool_choice':'none'}"));
    }

    @Test
    void aChoiceThatCannotBeSaid_isRefused() {
        refused(new OpenAiChat(), asking().toolChoice(ToolChoice.of(Mode.ANY)), GPT_OSS, "tool_choice: ");
        refused(new OpenAiChat(), asking().toolChoice(ToolChoice.tool("lookup")), GPT_OSS, "tool_choice: ");
        refused(new JambaChat(), asking().toolChoice(ToolChoice.of(Mode.ANY)), JAMBA, "tool_choice: ");
        refused(new CohereChat(), asking().toolChoice(ToolChoice.tool("lookup")), COMMAND_R, "tool_choice: ");
        refused(new MistralChat(), asking().toolChoice(ToolChoice.tool("absent")), MISTRAL_LARGE, "tool_choice: ");
        refused(new OpenAiChat(), asking(), GEMMA, "tools: google.gemma-3-27b-it does not take tools");
    }

    @Test
    void cohere_toolsAreParameterDefinitions_andWhatTheyCannotSayIsDescribed() {
        Tool nested = new Tool(
                "book",
                null,
                json("{'type':'object','properties':{'n':{'type':'integer','description':'How many.','minimum':1},"
                        + "'who':{'type':'array','items':{'$ref':'#/$defs/p'}},'at':{'type':['null','number']},"
                        + "'ok':{'type':'boolean'},'x':{'enum':['a']},'o':{'type':'object'}},'required':['n'],"
                        + "'$defs':{'p':{'type':'string'}}}"));

        assertThat(body(new CohereChat(), asking().tools(List.of(nested)), COMMAND_R))
                .isEqualTo(text("{'message':'Where?','tools':[{'name':'book',"
                        + "'description':'book^JSON Schema $defs: {`p`:{`type`:`string`}}','parameter_definitions':{"
                        + "'n':{'description':'How many.^JSON Schema: {`minimum`:1}','type':'int','required':true},"
                        + "'who':{'description':'JSON Schema: {`items`:{`$ref`:`#/$defs/p`}}','type':'list',"
                        + "'required':false},"
                        + "'at':{'description':'JSON Schema: {`type`:[`null`,`number`]}','type':'float',"
                        + "'required':false},"
                        + "'ok':{'description':'','type':'bool','required':false},"
                        + "'x':{'description':'JSON Schema: {`enum`:[`a`]}','type':'str','required':false},"
                        + "'o':{'description':'','type':'dict','required':false}}}]}"));
    }

    private static final String COHERE_TOOLS = "'tools':[{'name':'lookup','description':'Looks a city up.',"
            + "'parameter_definitions':{'city':{'description':'','type':'str','required':true}}},"
            + "{'name':'now','description':'now','parameter_definitions':{}}]";

    @Test
    void cohere_resultsCarryTheirCalls_inOrder() {
        LlmRequest.Builder withoutWords = asking().message(calls()).message(results());
        String expected = "{'message':'Where?'," + COHERE_TOOLS + ",'tool_results':["
                + "{'call':{'name':'lookup','parameters':{'city':'Oslo'}},'outputs':[{'lat':60}]},"
                + "{'call':{'name':'now','parameters':{}},'outputs':[{'error':'no clock'}]}]}";

        assertThat(body(new CohereChat(), withoutWords, COMMAND_R)).isEqualTo(text(expected));
        assertThat(body(new CohereChat(), withoutWords.toolChoice(ToolChoice.of(Mode.NONE)), COMMAND_R))
                .isEqualTo(text(expected));
        assertThat(body(new CohereChat(), conversation(), COMMAND_R))
                .isEqualTo(text(expected.replace(
                        "'message':'Where?'",
                        "'message':'Quick!','chat_history':[{'role':'USER','message':'Where?'},"
                                + "{'role':'CHATBOT','message':'I look.'}]")));
    }

    @Test
    void cohere_callsAndResultsOfEarlierQuestionsStandInTheHistoryAsText() {
        LlmRequest.Builder request = asking().message(new Message(Role.ASSISTANT, List.of(use("t1", "now", "{}"))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("t1", "noon", false))))
                .message(Message.of(Role.ASSISTANT, "Noon."))
                .message(Message.of(Role.USER, "Thanks"));

        assertThat(body(new CohereChat(), request, COMMAND_R))
                .isEqualTo(text("{'message':'Thanks','chat_history':[{'role':'USER','message':'Where?'},"
                        + "{'role':'CHATBOT','message':'{`tool_call`:{`name`:`now`,`parameters`:{}}}'},"
                        + "{'role':'USER','message':'{`tool_result`:{`call`:{`name`:`now`,`parameters`:{}},"
                        + "`outputs`:[{`result`:`noon`}]}}'},"
                        + "{'role':'CHATBOT','message':'Noon.'}]," + COHERE_TOOLS + "}"));
    }

    @Test
    void cohere_resultsAnswerTheNearestCallOfTheirId() {
        LlmRequest.Builder request = asking().message(new Message(Role.ASSISTANT, List.of(use("t1", "now", "{}"))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("t1", "noon", false))))
                .message(new Message(Role.ASSISTANT, List.of(use("t1", "lookup", "{'city':'Oslo'}"))))
                .message(new Message(Role.USER, List.of(new Block.ToolResult("t1", "60", false))));

        assertThat(body(new CohereChat(), request, COMMAND_R))
                .endsWith(text("'tool_results':[{'call':{'name':'now','parameters':{}},'outputs':[{'result':'noon'}]},"
                        + "{'call':{'name':'lookup','parameters':{'city':'Oslo'}},'outputs':[{'result':'60'}]}]}"));
    }

    @Test
    void cohere_resultsWithoutTools_comeWithTheToolsThatTheyName() {
        LlmRequest.Builder request =
                LlmRequest.ofPrompt("Where?").message(calls()).message(results());

        assertThat(body(new CohereChat(), request, COMMAND_R))
                .startsWith(text("{'message':'Where?','tools':["
                        + "{'name':'lookup','description':'lookup','parameter_definitions':{}},"
                        + "{'name':'now','description':'now','parameter_definitions':{}}],'tool_results':["));
    }

    @Test
    void cohere_needsTheUsersWordLast_andCallsForResults() {
        refused(
                new CohereChat(),
                LlmRequest.ofPrompt("a").message(Message.of(Role.ASSISTANT, "b")),
                COMMAND_R,
                "messages: the last message must be the user's");
        refused(new CohereChat(), asking().message(results()), COMMAND_R, "messages: the tool result t1 answers no");
    }

    @Test
    void openAi_schemaGoesIntoResponseFormat() {
        LlmRequest.Builder request = LlmRequest.ofPrompt("Extract it.")
                .responseSchema(json("{'type':'object','properties':{},'additionalProperties':false}"));

        assertThat(body(new OpenAiChat(), request, GPT_OSS))
                .isEqualTo(text("{'messages':[{'role':'user','content':'Extract it.'}],'response_format':{"
                        + "'type':'json_schema','json_schema':{'name':'answer','schema':{'type':'object',"
                        + "'properties':{},'additionalProperties':false}}}}"));
    }

    @Test
    void aFormatWithoutAJsonModeRefusesASchema() {
        LlmRequest.Builder request = LlmRequest.ofPrompt("Extract it.").responseSchema(Json.object());

        refused(new MistralChat(), request, MISTRAL_LARGE, "schema: ");
        refused(new JambaChat(), request, JAMBA, "schema: ");
        refused(new CohereChat(), request, COMMAND_R, "schema: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool_calls", "stop"})
    void announcedCallsThatAreNotThere_areNoAnswer(String stop) {
        for (ModelFormat format : List.of(new MistralChat(), new JambaChat(), new OpenAiChat())) {
            byte[] body = text("{'choices':[{'message':{'content':null},'finish_reason':'" + stop + "'}]}")
                    .getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() ->
                            format.read(new WireReply(body, Usage.UNKNOWN, asking().build(), FormatModels.of(format))))
                    .isInstanceOfSatisfying(
                            LlmException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR));
        }
    }

    @Test
    void halfASurrogatePairInArguments_makesThemUnread() {
        byte[] body = text("{'choices':[{'message':{'tool_calls':[{'id':'t','function':{'name':'now',"
                        + "'arguments':'{`a`:[`x\\\\ud83d`]}'}}]},'finish_reason':'tool_calls'}]}")
                .getBytes(StandardCharsets.UTF_8);

        FormatReply reply = new OpenAiChat().read(new WireReply(body, Usage.UNKNOWN, asking().build(), QWEN_CODER));

        assertThat(reply.toolCalls()).isEmpty();
        assertThat(reply.unreadCalls()).containsExactly(new UnreadCall("t", "now", "{\"a\":[\"x\\ud83d\"]}"));
        assertThat(reply.text()).isEqualTo("{\"a\":[\"x\\ud83d\"]}");
    }

    @Test
    void tagsOfTheModelsOwnEntry_areRead() {
        Model own = ChatModels.withTags(QWEN_CODER, "<a>", "</a>");
        byte[] body = text("{'choices':[{'message':{'content':'<a>b</a> c'},'finish_reason':'stop'}]}")
                .getBytes(StandardCharsets.UTF_8);

        FormatReply reply = new OpenAiChat().read(new WireReply(body, Usage.UNKNOWN, asking().build(), own));

        assertThat(reply.reasoning()).isEqualTo("b");
        assertThat(reply.text()).isEqualTo("c");
    }

    @Test
    void madeIdsAreNewInTheConversation() {
        byte[] body = text("{'text':'','tool_calls':[{'name':'now'},{'name':'now'}],'finish_reason':'COMPLETE'}")
                .getBytes(StandardCharsets.UTF_8);
        LlmRequest request = asking().message(new Message(Role.ASSISTANT, List.of(use("call_2", "now", "{}"))))
                .build();

        FormatReply reply = new CohereChat().read(new WireReply(body, Usage.UNKNOWN, request, COMMAND_R));

        assertThat(reply.toolCalls()).extracting(Block.ToolUse::id).containsExactly("call_3", "call_4");
    }

    @Test
    void madeIdsAreOthersThanThoseOfTheSameReply() {
        byte[] body = text("{'choices':[{'message':{'tool_calls':[{'function':{'name':'now'}},"
                        + "{'id':'call_1','function':{'name':'now'}}]},'finish_reason':'tool_calls'}]}")
                .getBytes(StandardCharsets.UTF_8);

        FormatReply reply = new OpenAiChat().read(new WireReply(body, Usage.UNKNOWN, asking().build(), QWEN_CODER));

        assertThat(reply.toolCalls()).extracting(Block.ToolUse::id).containsExactly("call_2", "call_1");
    }

    private static LlmRequest.Builder asking() {
        return LlmRequest.ofPrompt("Where?").tools(List.of(LOOKUP, NOW));
    }

    private static LlmRequest.Builder conversation() {
        return asking().message(calls()).message(results()).message(Message.of(Role.USER, "Quick!"));
    }

    private static Message calls() {
        return new Message(
                Role.ASSISTANT,
                List.of(new Block.Text("I look."), use("t1", "lookup", "{'city':'Oslo'}"), use("t2", "now", "{}")));
    }

    private static Message results() {
        return new Message(
                Role.USER,
                List.of(
                        new Block.ToolResult("t1", "{\"lat\":60}", false),
                        new Block.ToolResult("t2", "no clock", true)));
    }

    private static Block.ToolUse use(String id, String name, String input) {
        return new Block.ToolUse(id, name, json(input));
    }

    /** What comes after the messages; empty when nothing does. */
    private static String ending(ModelFormat format, ToolChoice choice, Model model) {
        String body = body(format, asking().toolChoice(choice), model);
        int tools = body.indexOf("\"tools\"");
        return tools < 0 ? "" : body.substring(tools);
    }

    private static String body(ModelFormat format, LlmRequest.Builder request, Model model) {
        return new String(format.write(request.build(), model), StandardCharsets.UTF_8);
    }

    private static void refused(ModelFormat format, LlmRequest.Builder request, Model model, String message) {
        assertThatThrownBy(() -> format.write(request.build(), model))
                .isInstanceOfSatisfying(
                        LlmException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST))
                .hasMessageStartingWith(message);
    }

    /** JSON with ' for quotes, ` for quotes inside a text, ^ for a line break in one and ~~ for a blank line. */
    private static String text(String json) {
        return json.replace("'", "\"").replace("`", "\\\"").replace("^", "\\n").replace("~~", "\\n\\n");
    }

    private static JsonNode json(String json) {
        try {
            return Json.read(text(json).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
