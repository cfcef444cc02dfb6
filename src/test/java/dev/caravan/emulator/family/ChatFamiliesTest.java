package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.DirectiveLine;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chat bodies of Mistral, Jamba, OpenAI and Cohere: what is refused in which words, and how answers look. */
class ChatFamiliesTest {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();
    private static final Map<String, String> IDS = Map.of(
            "mistral", "mistral.mistral-large-2407-v1:0",
            "jamba", "ai21.jamba-1-5-large-v1:0",
            "jamba-instruct", "ai21.jamba-instruct-v1:0",
            "gpt-oss", "openai.gpt-oss-120b-1:0",
            "qwen", "qwen.qwen3-32b-v1:0",
            "magistral", "mistral.magistral-small-2509",
            "deepseek", "deepseek.v3-v1:0",
            "gemma", "google.gemma-3-27b-it",
            "cohere", "cohere.command-r-v1:0");
    private static final String MALFORMED = "Malformed input request: ";
    private static final String BY_MODEL = "The model returned the following errors: ";
    private static final String PARSER = BY_MODEL + "Failed to deserialize the JSON body into the target type: ";
    private static final String TOOL = "{'type':'function','function':{'name':'lookup','parameters':{'type':'object',"
            + "'properties':{'city':{'type':'string'}},'required':['city']}}}";
    private static final String CALL = "{'role':'assistant','content':'','tool_calls':[{'id':'t1','function':"
            + "{'name':'lookup','arguments':'{}'}}]}";
    private static final String USER = "{'role':'user','content':'Hi'}";
    private static final String RESULT = "{'role':'tool','tool_call_id':'t1','content':'x'}";
    private static final String SCHEMA = "{'type':'object','properties':{'n':{'type':'integer'}},'required':['n'],"
            + "'additionalProperties':false}";

    /** Model, members to set (null: to remove) and how the refusal begins. */
    static Stream<Arguments> refusals() {
        return Stream.of(mistral(), jamba(), openAi(), cohere()).flatMap(each -> each);
    }

    private static Stream<Arguments> mistral() {
        return Stream.of(
                refusal("mistral", "{'messages':null}", MALFORMED + "#: required key [messages] not found, please"),
                refusal(
                        "mistral",
                        "{'model':'x','max_completion_tokens':5}",
                        MALFORMED + "#: extraneous key [model] is not permitted#: extraneous key"
                                + " [max_completion_tokens] is not permitted, please"),
                refusal("mistral", "{'messages':'Hi'}", MALFORMED + "#/messages: expected type: JSONArray, found: Str"),
                refusal("mistral", "{'max_tokens':8193}", MALFORMED + "#/max_tokens: 8193 is not less or equal to 81"),
                refusal("mistral", "{'max_tokens':0}", MALFORMED + "#/max_tokens: 0 is not greater or equal to 1"),
                refusal("mistral", "{'temperature':1.1}", MALFORMED + "#/temperature: 1.1 is not less or equal to 1"),
                refusal("mistral", "{'top_p':'1'}", MALFORMED + "#/top_p: expected type: Number, found: String"),
                refusal("mistral", "{'stop':'x'}", MALFORMED + "#/stop: expected type: JSONArray, found: String"),
                refusal(
                        "mistral",
                        "{'messages':[{'role':'bot','content':'Hi'}]}",
                        MALFORMED + "#/messages/0/role: bot is not a valid enum value"),
                refusal(
                        "mistral",
                        "{'messages':[{'role':'user','content':5}]}",
                        MALFORMED + "#/messages/0/content: expected type: String, found: Number"),
                refusal(
                        "mistral",
                        "{'messages':[" + USER + "," + USER + "]}",
                        BY_MODEL + "Unexpected role 'user' after role 'user'"),
                refusal(
                        "mistral",
                        "{'messages':[{'role':'assistant','content':'Hi'}]}",
                        BY_MODEL + "Unexpected role 'assistant' as the first role"),
                refusal(
                        "mistral",
                        "{'messages':[" + USER + "," + CALL + "," + RESULT + "," + USER + "]}",
                        BY_MODEL + "Unexpected role 'user' after role 'tool'"),
                refusal(
                        "mistral",
                        "{'messages':[" + USER + "," + CALL + "]}",
                        BY_MODEL + "Expected last role User or Tool"),
                refusal(
                        "mistral",
                        "{'messages':[" + USER + "," + CALL + "," + RESULT + "," + RESULT + "]}",
                        BY_MODEL + "Not the same number of function calls and responses"),
                refusal(
                        "mistral",
                        "{'tools':[" + TOOL + "],'tool_choice':'required'}",
                        MALFORMED + "#/tool_choice: required is not a valid enum value"),
                refusal(
                        "mistral",
                        "{'tools':[" + TOOL + "],'tool_choice':{'type':'function'}}",
                        MALFORMED + "#/tool_choice: expected type: String, found: JSONObject"),
                refusal("mistral", "{'tool_choice':'any'}", BY_MODEL + "'tool_choice' is only allowed when 'tools'"),
                refusal(
                        "mistral",
                        "{'tools':[" + TOOL.replace("lookup", "a.b") + "]}",
                        BY_MODEL + "Function name was a.b but must be a-z"));
    }

    private static Stream<Arguments> jamba() {
        return Stream.of(
                refusal("jamba", "{'messages':null}", MALFORMED + "#: required key [messages] not found, please"),
                refusal("jamba", "{'tool_choice':'auto'}", MALFORMED + "#: extraneous key [tool_choice] is not"),
                refusal("jamba", "{'max_tokens':4097}", MALFORMED + "#/max_tokens: 4097 is not less or equal to 4096"),
                refusal("jamba", "{'temperature':2.5}", MALFORMED + "#/temperature: 2.5 is not less or equal to 2"),
                refusal("jamba", "{'n':17}", MALFORMED + "#/n: 17 is not less or equal to 16"),
                refusal("jamba", "{'n':2,'temperature':0}", BY_MODEL + "n must be 1 when temperature is 0"),
                refusal("jamba", "{'stop':5}", MALFORMED + "#/stop: expected type: JSONArray, found: Number"),
                refusal("jamba", "{'messages':[]}", BY_MODEL + "messages: at least one message of the user"),
                refusal(
                        "jamba",
                        "{'messages':[{'role':'system','content':'Hi'}]}",
                        BY_MODEL + "messages: at least one message of the user"),
                refusal(
                        "jamba",
                        "{'messages':[{'role':'developer','content':'Hi'}]}",
                        MALFORMED + "#/messages/0/role: developer is not a valid enum value"),
                refusal("jamba", "{'messages':['Hi']}", MALFORMED + "#/messages/0: expected type: JSONObject, found"),
                refusal("jamba-instruct", "{'tools':[" + TOOL + "]}", "This model doesn't support tool use."),
                refusal("jamba", "{'messages':[" + USER + "," + RESULT + "]}", BY_MODEL + "messages with role 'tool'"));
    }

    private static Stream<Arguments> openAi() {
        String format = "{'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':";
        return Stream.of(
                refusal("gpt-oss", "{'messages':null}", PARSER + "missing field `messages`"),
                refusal("gpt-oss", "{'messages':{}}", PARSER + "messages: invalid type: map, expected a sequence"),
                refusal("gpt-oss", "{'messages':[{'role':'user'}]}", PARSER + "messages[0]: missing field `content`"),
                refusal(
                        "gpt-oss",
                        "{'messages':[{'role':'bot','content':'Hi'}]}",
                        PARSER + "messages[0].role: unknown variant `bot`, expected one of `assistant`, `developer`"),
                refusal(
                        "gpt-oss",
                        "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:'}}]}]}",
                        BY_MODEL + "openai.gpt-oss-120b-1:0 does not support image input"),
                refusal("gpt-oss", "{'model':'openai.gpt-oss-20b-1:0'}", "The model in the request body, openai.gpt"),
                refusal("gpt-oss", "{'stream':true}", "The value of stream must be false for InvokeModel."),
                refusal(
                        "gpt-oss",
                        "{'reasoning_effort':{}}",
                        PARSER + "reasoning_effort: invalid type: map, expected a string"),
                refusal("gpt-oss", "{'reasoning_effort':'max'}", PARSER + "reasoning_effort: unknown variant `max`"),
                refusal(
                        "gpt-oss",
                        "{'max_tokens':'5'}",
                        PARSER + "max_tokens: invalid type: string \"5\", expected an integer"),
                refusal("gpt-oss", "{'max_tokens':0}", BY_MODEL + "max_tokens must be at least 1, got 0."),
                refusal(
                        "gpt-oss",
                        "{'max_completion_tokens':16385}",
                        "The maximum tokens you requested exceeds the model limit of 16384."),
                refusal("gpt-oss", "{'temperature':2.1}", BY_MODEL + "temperature must be in [0, 2], got 2.1."),
                refusal("gpt-oss", "{'stop':['1','2','3','4','5']}", BY_MODEL + "stop: at most 4 stop sequences"),
                refusal(
                        "gpt-oss",
                        "{'messages':[" + USER + "," + CALL + "," + USER + "]}",
                        BY_MODEL + "An assistant message with 'tool_calls' must be followed by tool messages"),
                refusal("gpt-oss", "{'messages':[" + RESULT + "]}", BY_MODEL + "messages with role 'tool' must be"),
                refusal(
                        "magistral",
                        "{'messages':[" + USER + "," + USER + "]}",
                        BY_MODEL + "Unexpected role 'user' after role 'user'"),
                refusal(
                        "gpt-oss",
                        "{'tools':[" + TOOL + "],'tool_choice':'required'}",
                        BY_MODEL + "tool_choice: 'required' is not supported for this model"),
                refusal(
                        "deepseek",
                        "{'tools':[" + TOOL + "],'tool_choice':{'type':'function','function':{'name':'lookup'}}}",
                        BY_MODEL + "tool_choice: a named function is not supported for this model"),
                refusal(
                        "deepseek",
                        "{'tools':[" + TOOL + "],'tool_choice':{'type':'function','function':{'name':'x'}}}",
                        BY_MODEL + "Tool choice 'x' not found in 'tools'."),
                refusal("gpt-oss", "{'tool_choice':'auto'}", BY_MODEL + "'tool_choice' is only allowed when 'tools'"),
                refusal("gemma", "{'tools':[" + TOOL + "]}", "This model doesn't support tool use."),
                refusal("gpt-oss", "{'response_format':{'type':'xml'}}", PARSER + "response_format.type: unknown"),
                refusal(
                        "gpt-oss",
                        "{'response_format':{'type':'json_schema'}}",
                        PARSER + "response_format: missing field `json_schema`"),
                refusal(
                        "gpt-oss",
                        format + SCHEMA.replace(",'additionalProperties':false", "") + "}}}",
                        BY_MODEL + "response_format.json_schema.schema: For 'object' type, 'additionalProperties'"),
                refusal(
                        "gpt-oss",
                        format + SCHEMA.replace("'integer'", "'integer','minimum':1") + "}}}",
                        BY_MODEL + "response_format.json_schema.schema: For 'integer' type, property 'minimum'"));
    }

    private static Stream<Arguments> cohere() {
        String tool = "{'name':'lookup','description':'x','parameter_definitions':{'city':{'type':'str'}}}";
        return Stream.of(
                refusal("cohere", "{'message':null}", MALFORMED + "#: required key [message] not found, please"),
                refusal("cohere", "{'messages':[]}", MALFORMED + "#: extraneous key [messages] is not permitted"),
                refusal("cohere", "{'stream':false}", MALFORMED + "#: extraneous key [stream] is not permitted"),
                refusal("cohere", "{'p':1}", MALFORMED + "#/p: 1 is not less or equal to 0.99"),
                refusal("cohere", "{'p':0}", MALFORMED + "#/p: 0 is not greater or equal to 0.01"),
                refusal("cohere", "{'k':501}", MALFORMED + "#/k: 501 is not less or equal to 500"),
                refusal("cohere", "{'temperature':1.5}", MALFORMED + "#/temperature: 1.5 is not less or equal to 1"),
                refusal("cohere", "{'max_tokens':4097}", MALFORMED + "#/max_tokens: 4097 is not less or equal to"),
                refusal("cohere", "{'prompt_truncation':'AUTO'}", MALFORMED + "#/prompt_truncation: AUTO is not a"),
                refusal("cohere", "{'message':''}", BY_MODEL + "invalid request: message must be at least 1 token"),
                refusal(
                        "cohere",
                        "{'chat_history':[{'role':'user','message':'Hi'}]}",
                        MALFORMED + "#/chat_history/0/role: user is not a valid enum value"),
                refusal(
                        "cohere",
                        "{'chat_history':[{'role':'USER'}]}",
                        MALFORMED + "#/chat_history/0: required key [message] not found"),
                refusal(
                        "cohere",
                        "{'tools':[{'name':'x'}]}",
                        MALFORMED + "#/tools/0: required key [description] not found"),
                refusal(
                        "cohere",
                        "{'tools':[" + tool + "],'tool_results':[{'call':{'name':'x'},'outputs':['x']}]}",
                        MALFORMED + "#/tool_results/0/outputs/0: expected type: JSONObject, found: String"),
                refusal(
                        "cohere",
                        "{'tool_results':[{'call':{'name':'x'},'outputs':[]}]}",
                        BY_MODEL + "invalid request: tools must be specified"));
    }

    private static Arguments refusal(String model, String change, String words) {
        return Arguments.of(model, change, words);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void what_the_service_does_not_take_is_refused_in_its_words(String name, String change, String words) {
        Model model = model(name);

        assertThatThrownBy(() -> family(model).read(body(model, change), model))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessageStartingWith(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "mistral|{'temperature':0,'top_p':1,'max_tokens':8192,'stop':['x']}",
                "jamba|{'n':2,'max_tokens':0,'stop':'x','frequency_penalty':1,'presence_penalty':1}",
                "gpt-oss|{'model':'openai.gpt-oss-120b-1:0','stream':false,'reasoning_effort':'low'}",
                "gpt-oss|{'inferenceConfig':{'maxTokens':3000},'response_format':{'type':'text'},'stop':'x'}",
                "cohere|{'preamble':'Be brief.','p':0.5,'k':0,'seed':1,'prompt_truncation':'OFF','documents':[]}"
            })
    void what_is_allowed_passes(String name, String change) {
        Model model = model(name);

        assertThatCode(() -> family(model).read(body(model, change), model)).doesNotThrowAnyException();
    }

    @Test
    void mistral_says_stop_reason_and_no_counts() {
        assertThat(answer("mistral", "{'max_tokens':3}", ""))
                .isEqualTo(json(quoted("{'choices':[{'index':0,'message':{'role':'assistant',"
                        + "'content':'You asked: \\''},'stop_reason':'length'}]}")));
    }

    @Test
    void openAi_answers_with_a_chat_completion() {
        JsonNode answer = answer("deepseek", "{}", "text=Hi");

        assertThat(answer.get("id").asText()).matches("chatcmpl-[A-Za-z0-9]{24}");
        assertThat(((ObjectNode) answer).without("id").toString())
                .isEqualTo(quoted("{'object':'chat.completion','created':1767225600,'model':'deepseek.v3-v1:0',"
                        + "'choices':[{'index':0,'message':{'role':'assistant','content':'Hi'},"
                        + "'finish_reason':'stop'}],"
                        + "'usage':{'prompt_tokens':9,'completion_tokens':1,'total_tokens':10}}"));
        assertThat(answer("deepseek", "{}", "text=Hi")).isEqualTo(answer("deepseek", "{}", "text=Hi"));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-oss, <reasoning>, </reasoning>Hi",
        "qwen, <think>, </think>  Hi",
        "magistral, [THINK], [/THINK]  Hi"
    })
    void a_model_that_thinks_writes_its_thoughts_first(String name, String begin, String end) {
        String content = content(answer(name, "{}", "text=Hi"));

        assertThat(content).startsWith(begin + "The question").endsWith(end.replace("  ", "\n\n"));
        assertThat(content(answer(name, "{'max_tokens':3}", "text=Hi"))).isEqualTo(begin + "The question");
    }

    @ParameterizedTest
    @CsvSource({"mistral, any", "deepseek, required"})
    void a_forced_tool_is_called_with_input_that_fits(String name, String choice) {
        JsonNode choices = answer(name, "{'tools':[" + TOOL + "],'tool_choice':'" + choice + "'}", "")
                .get("choices");

        JsonNode call = choices.get(0).get("message").get("tool_calls").get(0);
        assertThat(call.get("function").get("name").asText()).isEqualTo("lookup");
        assertThat(json(call.get("function").get("arguments").asText())
                        .get("city")
                        .isTextual())
                .isTrue();
        assertThat(choices.findValuesAsText("mistral".equals(name) ? "stop_reason" : "finish_reason"))
                .containsExactly("tool_calls");
    }

    @Test
    void a_response_format_is_answered_with_json() {
        String change = "{'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':" + SCHEMA + "}}}";

        assertThat(content(answer("deepseek", change, ""))).isEqualTo("{\"n\":1}");
        assertThat(content(answer("gpt-oss", change, ""))).endsWith("</reasoning>{\"n\":1}");
    }

    @Test
    void cohere_answers_in_upper_case_with_the_whole_history() {
        JsonNode answer = answer(
                "cohere",
                "{'chat_history':[{'role':'USER','message':'a'},{'role':'CHATBOT','message':'b'}]}",
                "text=c");

        assertThat(answer.get("response_id")).isNotEqualTo(answer.get("generation_id"));
        assertThat(((ObjectNode) answer)
                        .without(List.of("response_id", "generation_id"))
                        .toString())
                .contains(quoted("'text':'c'"))
                .contains(quoted("[{'role':'USER','message':'a'},{'role':'CHATBOT','message':'b'},"))
                .endsWith(quoted("{'role':'CHATBOT','message':'c'}],'finish_reason':'COMPLETE'}"));
    }

    @Test
    void jamba_answers_with_counts() {
        JsonNode answer = answer("jamba", "{'stop':'asked'}", "");

        assertThat(content(answer)).isEqualTo("You ");
        assertThat(answer.get("choices").get(0).get("finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.get("usage").get("completion_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void results_of_tools_and_system_texts_are_read() {
        Model model = model("gpt-oss");
        String change =
                "{'messages':[{'role':'developer','content':'Be brief.'}," + USER + "," + CALL + "," + RESULT + "]}";

        Conversation conversation = family(model).read(body(model, change), model);

        assertThat(conversation.system()).isEqualTo("Be brief.");
        assertThat(conversation.turns()).extracting(Conversation.Turn::text).containsExactly("Hi", "", "x");
        assertThat(conversation.turns()).extracting(Conversation.Turn::user).containsExactly(true, false, true);
        assertThat(conversation.maxTokens()).isEqualTo(16384);
    }

    @Test
    void what_is_longer_than_the_context_is_refused() {
        Model model = model("mistral");
        String change = "{'messages':[{'role':'user','content':'" + "x".repeat(4 * 128_000 + 1) + "'}]}";

        assertThatThrownBy(() -> family(model).read(body(model, change), model))
                .hasMessage("Input is too long for requested model.");
    }

    @Test
    void jamba_gives_as_many_choices_as_asked_for() {
        JsonNode two = answer("jamba", "{'n':2}", "text=Hi");

        assertThat(two.get("choices")).hasSize(2);
        assertThat(two.at("/choices/1/index").asInt()).isEqualTo(1);
        assertThat(two.at("/choices/1/message/content").asText()).isEqualTo("Hi");
        assertThat(two.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    private static String content(JsonNode answer) {
        return answer.get("choices").get(0).get("message").get("content").asText();
    }

    /** @param directive what the emulator is told, empty for nothing */
    private static JsonNode answer(String name, String change, String directive) {
        Model model = model(name);
        Directive told = directive.isEmpty()
                ? Directive.NONE
                : DirectiveLine.find("@emulator " + directive).orElseThrow();
        Conversation conversation = family(model).read(body(model, change), model);
        return family(model).write(Answerer.answer(conversation, model, told), conversation, model);
    }

    private static FamilyEmulator family(Model model) {
        return Families.of(model.format()).orElseThrow();
    }

    private static Model model(String name) {
        return CATALOGUE.find(IDS.get(name)).orElseThrow();
    }

    private static ObjectNode body(Model model, String change) {
        ObjectNode body = (ObjectNode) json(quoted(
                "cohere-chat".equals(model.format())
                        ? "{'message':'Hello there'}"
                        : "{'messages':[{'role':'user','content':'Hello there, what is the time now?'}]}"));
        json(quoted(change)).properties().forEach(member -> {
            if (member.getValue().isNull()) {
                body.remove(member.getKey());
            } else {
                body.set(member.getKey(), member.getValue());
            }
        });
        return body;
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
