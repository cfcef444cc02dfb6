package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.DirectiveLine;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The families whose body is one prompt, as AWS sees them. */
class PromptFamiliesTest {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();
    private static final String LLAMA2 = "meta.llama2-70b-chat-v1";
    private static final String LLAMA3 = "meta.llama3-70b-instruct-v1:0";
    private static final String LLAMA4 = "meta.llama4-scout-17b-instruct-v1:0";
    private static final String MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1";
    private static final String LARGE = "mistral.mistral-large-2402-v1:0";
    private static final String R1 = "deepseek.r1-v1:0";
    private static final String TITAN = "amazon.titan-text-express-v1";

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{};#: required key [prompt] not found",
                "{\"messages\":[]};#: required key [prompt] not found#: extraneous key [messages] is not permitted",
                "{\"prompt\":\"x\",\"max_tokens\":5};#: extraneous key [max_tokens] is not permitted",
                "{\"prompt\":\"x\",\"stop\":[]};#: extraneous key [stop] is not permitted",
                "{\"prompt\":\"x\",\"top_k\":5};#: extraneous key [top_k] is not permitted",
                "{\"prompt\":\"x\",\"images\":[]};#: extraneous key [images] is not permitted",
                "{\"prompt\":5};#/prompt: expected type: String, found: Number",
                "{\"prompt\":\"\"};#/prompt: expected minLength: 1, actual: 0",
                "{\"prompt\":\"x\",\"max_gen_len\":0};#/max_gen_len: 0 is not greater or equal to 1",
                "{\"prompt\":\"x\",\"max_gen_len\":2049};#/max_gen_len: 2049 is not less or equal to 2048",
                "{\"prompt\":\"x\",\"max_gen_len\":1.5};#/max_gen_len: expected type: Integer, found: Double",
                "{\"prompt\":\"x\",\"max_gen_len\":null};#/max_gen_len: expected type: Integer, found: Null",
                "{\"prompt\":\"x\",\"temperature\":1.1};#/temperature: 1.1 is not less or equal to 1",
                "{\"prompt\":\"x\",\"temperature\":\"1\"};#/temperature: expected type: Number, found: String",
                "{\"prompt\":\"x\",\"top_p\":-1};#/top_p: -1 is not greater or equal to 0",
            })
    void llama_refuses(String body, String fault) {
        refused(LLAMA3, body, fault);
        refused(LLAMA2, body, fault);
    }

    @Test
    void llama_takesImagesWhereItSees() {
        assertThatCode(() -> read(LLAMA4, "{\"prompt\":\"x\",\"images\":[\"aGk=\"]}"))
                .doesNotThrowAnyException();
        refused(LLAMA4, "{\"prompt\":\"x\",\"images\":[5]}", "#/images/0: expected type: String, found: Number");
        refused(LLAMA4, "{\"prompt\":\"x\",\"images\":\"a\"}", "#/images: expected type: JSONArray, found: String");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{};#: required key [prompt] not found",
                "{\"messages\":[]};#: required key [prompt] not found#: extraneous key [messages] is not permitted",
                "{\"prompt\":\"x\",\"max_gen_len\":5};#: extraneous key [max_gen_len] is not permitted",
                "{\"prompt\":[]};#/prompt: expected type: String, found: JSONArray",
                "{\"prompt\":\"x\",\"max_tokens\":0};#/max_tokens: 0 is not greater or equal to 1",
                "{\"prompt\":\"x\",\"max_tokens\":4097};#/max_tokens: 4097 is not less or equal to 4096",
                "{\"prompt\":\"x\",\"top_k\":0};#/top_k: 0 is not greater or equal to 1",
                "{\"prompt\":\"x\",\"top_k\":201};#/top_k: 201 is not less or equal to 200",
                "{\"prompt\":\"x\",\"top_p\":1.5};#/top_p: 1.5 is not less or equal to 1",
                "{\"prompt\":\"x\",\"temperature\":-0.1};#/temperature: -0.1 is not greater or equal to 0",
                "{\"prompt\":\"x\",\"stop\":\"a\"};#/stop: expected type: JSONArray, found: String",
                "{\"prompt\":\"x\",\"stop\":[1]};#/stop/0: expected type: String, found: Number",
                "{\"prompt\":\"x\",\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]};"
                        + "#/stop: expected maximum item count: 10, found: 11",
            })
    void mistral_refuses(String body, String fault) {
        refused(MIXTRAL, body, fault);
        refused(
                LARGE,
                body.replace("4097", "8193"),
                fault.replace("4097", "8193").replace("4096", "8192"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{};#: required key [prompt] not found",
                "{\"prompt\":\"x\",\"top_k\":5};#: extraneous key [top_k] is not permitted",
                "{\"prompt\":\"x\",\"system\":\"s\"};#: extraneous key [system] is not permitted",
                "{\"prompt\":{}};#/prompt: expected type: String, found: JSONObject",
                "{\"prompt\":\"x\",\"max_tokens\":0};#/max_tokens: 0 is not greater or equal to 1",
                "{\"prompt\":\"x\",\"max_tokens\":32769};#/max_tokens: 32769 is not less or equal to 32768",
                "{\"prompt\":\"x\",\"temperature\":1.01};#/temperature: 1.01 is not less or equal to 1",
                "{\"prompt\":\"x\",\"top_p\":true};#/top_p: expected type: Number, found: Boolean",
                "{\"prompt\":\"x\",\"stop\":[null]};#/stop/0: expected type: String, found: Null",
                "{\"prompt\":\"x\",\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]};"
                        + "#/stop: expected maximum item count: 10, found: 11",
            })
    void r1_refuses(String body, String fault) {
        refused(R1, body, fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{};#: required key [inputText] not found",
                "{\"prompt\":\"x\"};#: required key [inputText] not found#: extraneous key [prompt] is not permitted",
                "{\"inputText\":1};#/inputText: expected type: String, found: Number",
                "{\"inputText\":\"\"};#/inputText: expected minLength: 1, actual: 0",
                "{\"inputText\":\"x\",\"temperature\":1};#: extraneous key [temperature] is not permitted",
                "{\"inputText\":\"x\",\"textGenerationConfig\":[]};"
                        + "#/textGenerationConfig: expected type: JSONObject, found: JSONArray",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"topK\":1}};"
                        + "#/textGenerationConfig: extraneous key [topK] is not permitted",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"maxTokenCount\":8193}};"
                        + "#/textGenerationConfig/maxTokenCount: 8193 is not less or equal to 8192",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"maxTokenCount\":-1}};"
                        + "#/textGenerationConfig/maxTokenCount: -1 is not greater or equal to 0",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"temperature\":2}};"
                        + "#/textGenerationConfig/temperature: 2 is not less or equal to 1",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"topP\":0}};"
                        + "#/textGenerationConfig/topP: 0 is not greater or equal to 0.00001",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"stopSequences\":[\"Human:\"]}};"
                        + "#/textGenerationConfig/stopSequences/0: string [Human:] does not match pattern ^(\\|+|User:)$",
                "{\"inputText\":\"x\",\"textGenerationConfig\":{\"stopSequences\":\"|\"}};"
                        + "#/textGenerationConfig/stopSequences: expected type: JSONArray, found: String",
            })
    void titan_refuses(String body, String fault) {
        refused(TITAN, body, fault);
    }

    @ParameterizedTest
    @CsvSource({LLAMA2, LLAMA3, LLAMA4, MIXTRAL, LARGE, R1, TITAN})
    void anyone_refuses_a_body_that_is_no_object_and_a_prompt_beyond_the_window(String id) {
        refusedWith(id, "[]", "Malformed input request, please reformat your input and try again.");

        Model model = model(id);
        String key = id.equals(TITAN) ? "inputText" : "prompt";
        Model small = small(model);
        assertThatThrownBy(() -> family(model).read(Json.object().put(key, "x".repeat(41)), small))
                .hasMessage("Input is too long for requested model.");
        assertThatCode(() -> family(model).read(Json.object().put(key, "x".repeat(40)), small))
                .doesNotThrowAnyException();
    }

    @Test
    void a_template_is_taken_apart_into_turns() {
        Turn one = new Turn(true, "One");
        Turn yes = new Turn(false, "Yes");
        Turn two = new Turn(true, "Two\n@emulator empty");

        assertThat(prompted(
                        LLAMA3,
                        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nOne<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nTwo\n@emulator empty<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>"))
                .extracting(Conversation::system, Conversation::turns)
                .containsExactly("Be", List.of(one, yes, two));
        assertThat(prompted(
                                LLAMA4,
                                "<|begin_of_text|><|header_start|>user<|header_end|>\n\nOne<|eot|>"
                                        + "<|header_start|>assistant<|header_end|>\n\nYes<|eot|>"
                                        + "<|header_start|>ipython<|header_end|>\n\nTwo\n@emulator empty<|eom|>"
                                        + "<|header_start|>assistant<|header_end|>\n\n")
                        .turns())
                .containsExactly(one, yes, two);
        assertThat(
                        prompted(
                                LLAMA2,
                                "<s>[INST] <<SYS>>\nBe\n<</SYS>>\n\nOne [/INST] Yes </s><s>[INST] Two\n@emulator empty [/INST]"))
                .extracting(Conversation::system, Conversation::turns)
                .containsExactly("Be", List.of(one, yes, two));
        assertThat(prompted(MIXTRAL, "<s>[INST] One [/INST] Yes</s>[INST] Two\n@emulator empty [/INST]")
                        .turns())
                .containsExactly(one, yes, two);
        assertThat(prompted(
                        R1,
                        "<｜begin▁of▁sentence｜>Be<｜User｜>One<｜Assistant｜>Yes<｜end▁of▁sentence｜>"
                                + "<｜User｜>Two\n@emulator empty<｜Assistant｜><think>\n"))
                .extracting(Conversation::system, Conversation::turns)
                .containsExactly("Be", List.of(one, yes, two));
        assertThat(prompted(TITAN, "Be\nUser: One\nBot: Yes\nUser: Two\n@emulator empty\nBot:"))
                .extracting(Conversation::system, Conversation::turns)
                .containsExactly("Be", List.of(one, yes, two));
    }

    @ParameterizedTest
    @CsvSource({LLAMA2, LLAMA3, LLAMA4, MIXTRAL, LARGE, R1, TITAN})
    void a_prompt_in_no_template_is_one_turn_of_the_user(String id) {
        assertThat(prompted(id, "Hello there").turns()).containsExactly(new Turn(true, "Hello there"));
    }

    @Test
    void an_answer_that_was_begun_is_a_turn_of_the_assistant() {
        assertThat(prompted(
                                LLAMA3,
                                "<|start_header_id|>user<|end_header_id|>\n\nOne<|eot_id|>"
                                        + "<|start_header_id|>assistant<|end_header_id|>\n\n{")
                        .prefill())
                .isEqualTo("{");
    }

    @Test
    void replies_have_the_shape_of_the_wire() {
        assertThat(answer(LLAMA3, 0, "text=Hi"))
                .isEqualTo("{\"generation\":\"Hi\",\"prompt_token_count\":2,\"generation_token_count\":1,"
                        + "\"stop_reason\":\"stop\"}");
        assertThat(answer(MIXTRAL, 0, "text=Hi"))
                .isEqualTo("{\"outputs\":[{\"text\":\" Hi\",\"stop_reason\":\"stop\"}]}");
        assertThat(answer(R1, 0, "text=Hi"))
                .isEqualTo("{\"choices\":[{\"text\":\"The question is clear, so the answer can be short."
                        + "\\n</think>\\n\\nHi\",\"stop_reason\":\"stop\"}]}");
        assertThat(answer(TITAN, 0, "text=Hi"))
                .isEqualTo("{\"inputTextTokenCount\":2,\"results\":[{\"tokenCount\":1,\"outputText\":\"\\nHi\","
                        + "\"completionReason\":\"FINISH\"}]}");
    }

    @Test
    void max_tokens_cut_the_answer() {
        assertThat(answer(LLAMA3, 1, "text=\"four and more\""))
                .contains("\"generation\":\"four\"", "\"generation_token_count\":1", "\"stop_reason\":\"length\"");
        assertThat(answer(MIXTRAL, 1, "text=\"four and more\""))
                .contains("\"text\":\" four\"", "\"stop_reason\":\"length\"");
        assertThat(answer(TITAN, 1, "text=\"four and more\""))
                .contains("\"outputText\":\"\\nfour\"", "\"completionReason\":\"LENGTH\"");
        assertThat(answer(R1, 1, "text=\"four and more\"")).contains("\"text\":\"The \"", "\"stop_reason\":\"length\"");
    }

    @Test
    void a_told_stop_reason_and_an_empty_answer() {
        assertThat(answer(LLAMA3, 0, "stop=tired")).contains("\"stop_reason\":\"tired\"");
        assertThat(answer(MIXTRAL, 0, "stop=tired")).contains("\"stop_reason\":\"tired\"");
        assertThat(answer(R1, 0, "stop=tired")).contains("\"stop_reason\":\"tired\"");
        assertThat(answer(TITAN, 0, "stop=tired")).contains("\"completionReason\":\"tired\"");
        assertThat(answer(LLAMA2, 0, "empty")).contains("\"generation\":\"\"");
        assertThat(answer(LARGE, 0, "empty")).contains("\"text\":\"\"");
        assertThat(answer(R1, 0, "empty")).contains("\"text\":\"\"");
        assertThat(answer(TITAN, 0, "empty")).contains("\"outputText\":\"\"");
    }

    @Test
    void stop_sequences_end_the_answer_where_the_body_has_them() {
        Directive words = DirectiveLine.find("@emulator text=\"one two\"").orElseThrow();

        assertThat(reply(MIXTRAL, "{\"prompt\":\"x\",\"stop\":[\"two\"]}", words))
                .isEqualTo("{\"outputs\":[{\"text\":\" one \",\"stop_reason\":\"stop\"}]}");
        assertThat(reply(R1, "{\"prompt\":\"x\",\"stop\":[\"two\"]}", words)).contains("</think>\\n\\none \"");
        assertThat(reply(
                        TITAN,
                        "{\"inputText\":\"x\",\"textGenerationConfig\":{\"stopSequences\":[\"|\"]}}",
                        DirectiveLine.find("@emulator text=\"one|two\"").orElseThrow()))
                .contains("\"outputText\":\"\\none\"", "\"completionReason\":\"STOP_CRITERIA_MET\"");
    }

    private static void refused(String id, String body, String fault) {
        refusedWith(id, body, "Malformed input request: " + fault + ", please reformat your input and try again.");
    }

    private static void refusedWith(String id, String body, String message) {
        assertThatThrownBy(() -> read(id, body))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessage(message);
    }

    private static Conversation prompted(String id, String prompt) {
        return family(model(id)).read(Json.object().put(id.equals(TITAN) ? "inputText" : "prompt", prompt), model(id));
    }

    private static Conversation read(String id, String body) {
        return family(model(id)).read(json(body), model(id));
    }

    /** The reply to a prompt of two tokens; {@code maxTokens} 0 leaves the default. */
    private static String answer(String id, int maxTokens, String directive) {
        String max = switch (id) {
            case LLAMA2, LLAMA3, LLAMA4 -> "\"max_gen_len\":";
            case TITAN -> "\"maxTokenCount\":";
            default -> "\"max_tokens\":";
        };
        String limit = maxTokens == 0 ? "" : max + maxTokens;
        String body = id.equals(TITAN)
                ? "{\"inputText\":\"Hello\",\"textGenerationConfig\":{" + limit + "}}"
                : "{\"prompt\":\"Hello\"" + (limit.isEmpty() ? "" : "," + limit) + "}";
        return reply(id, body, DirectiveLine.find("@emulator " + directive).orElseThrow());
    }

    private static String reply(String id, String body, Directive directive) {
        Conversation conversation = read(id, body);
        JsonNode reply =
                family(model(id)).write(Answerer.answer(conversation, model(id), directive), conversation, model(id));
        return reply.toString();
    }

    private static FamilyEmulator family(Model model) {
        return Families.of(model.format()).orElseThrow();
    }

    private static Model model(String id) {
        return CATALOGUE.find(id).orElseThrow();
    }

    /** The same model with a window of ten tokens. */
    private static Model small(Model model) {
        return new Model(
                model.id(),
                model.aliases(),
                model.displayName(),
                model.vendor(),
                model.provider(),
                model.family(),
                model.kind(),
                model.format(),
                Optional.of(10),
                model.maxOutputTokens(),
                model.released(),
                model.lifecycle(),
                model.prices(),
                model.capabilities(),
                model.rules(),
                model.profiles(),
                model.profileOnly());
    }
}
