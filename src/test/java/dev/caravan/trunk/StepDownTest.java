package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.StructuredAnswer.Result;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a request whose schema the provider refuses. */
class StepDownTest {
    private static final String MODEL = "claude-haiku-4-5";
    private static final String NO_PARAMETER =
            "The model returned the following errors: output_config.format: Extra" + " inputs are not permitted";
    private static final String TOO_COMPLEX = "Schema is too complex for compilation.";
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
             "required": ["name", "age"], "additionalProperties": false}""";

    private TestTrunk trunk;

    @AfterEach
    void stop() {
        trunk.close();
    }

    @Test
    void refusedSchema_goesByTool() throws Exception {
        start();
        trunk.script(refusal(TOO_COMPLEX));

        LlmReply reply = ask(MODEL, "Who?");

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.validation().attempts()).as("answers").isEqualTo(1);
        assertThat(reply.attempts()).as("calls").isEqualTo(2);
        assertThat(reply.data().path("name").isTextual()).isTrue();
        assertThat(body(0).has("output_config")).isTrue();
        assertThat(body(1).has("output_config")).isFalse();
        assertThat(body(1).at("/tool_choice/name").asText()).isEqualTo("answer");
    }

    @ParameterizedTest
    @CsvSource({"claude-sonnet-5, TOOL", "openai.gpt-oss-120b-1:0, PROMPT", "deepseek.v3-v1:0, TOOL"})
    void nextWay_isThatOfTheModel(String model, Mode mode) throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER));

        LlmReply reply = ask(model, "Who?");

        assertThat(reply.validation().mode()).isEqualTo(mode);
        assertThat(reply.attempts()).isEqualTo(2);
        assertThat(reply.data().path("age").isIntegralNumber()).isTrue();
    }

    @Test
    void usage_isThatOfTheAnswer() throws Exception {
        start();
        LlmReply first = askRefused(NO_PARAMETER);

        LlmReply remembered = ask(MODEL, "Who?");

        assertThat(first.usage()).isEqualTo(remembered.usage());
    }

    @Test
    void modelWithoutTheParameter_isRemembered() throws Exception {
        start();
        askRefused(NO_PARAMETER);

        LlmReply next = ask(MODEL, "Who?");

        assertThat(next.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(next.attempts()).isEqualTo(1);
        assertThat(ask("claude-sonnet-5", "Who?").validation().mode())
                .as("another model")
                .isEqualTo(Mode.NATIVE);
    }

    @Test
    void refusalOfOneSchema_isNotRemembered() throws Exception {
        start();
        askRefused(TOO_COMPLEX);

        LlmReply next = ask(MODEL, "Who?");

        assertThat(next.validation().mode()).isEqualTo(Mode.NATIVE);
    }

    @ParameterizedTest
    @CsvSource({
        "ValidationException, messages: roles must alternate",
        "AccessDeniedException, output_config.format: Extra inputs are not permitted"
    })
    void refusalForAnotherReason_staysAsItIs(String code, String words) throws Exception {
        start();
        trunk.script(error(code, words));

        LlmException failure = failure(MODEL);

        assertThat(failure.providerCode()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(words);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void refusedTool_isTheEnd() throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER) + "," + refusal("tools.0: output_config is not for you"));

        LlmException failure = failure(MODEL);

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure).hasMessageContaining("tools.0");
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.usage()).isNull();
        assertThat(failure.raw()).isNull();
        assertThat(requests()).hasSize(2);
    }

    @Test
    void modelThatTakesNoSchema_hasNothingToStepDownFrom() throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER));

        assertThat(failure("claude-3-haiku").attempts()).isEqualTo(1);
    }

    @Test
    void callAfterARefusal_hasItsRetries() throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER) + ", {\"error\": \"ThrottlingException\", \"times\": 2}");

        LlmReply reply = ask(MODEL, "Who?");

        assertThat(reply.attempts()).isEqualTo(4);
        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
    }

    @Test
    void refusalAfterRetriesAndAnInvalidAnswer_goesByToolToo() throws Exception {
        start();
        trunk.script("{\"error\": \"ThrottlingException\"}, {\"text\": \"no\"}," + refusal(TOO_COMPLEX)
                + ", {\"text\": \"{}\"}");

        LlmReply reply = ask(MODEL, "Who?");

        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        assertThat(reply.validation().attempts()).isEqualTo(3);
        assertThat(reply.attempts()).isEqualTo(5);
        assertThat(body(3).path("messages"))
                .as("the answer and what is wrong with it")
                .hasSize(3);
        assertThat(body(3).at("/messages/1/content").asText()).isEqualTo("no");
        assertThat(body(3).at("/messages/2/content").asText()).contains("not valid", "Call answer");
        assertThat(body(4).path("messages")).as("of earlier answers nothing").hasSize(3);
        assertThat(body(4).at("/messages/1").toString()).contains("tool_use");
    }

    @Test
    void refusalOfAReAsk_asksAgainInWords() throws Exception {
        start();
        trunk.script("{\"text\": \"no\"}," + refusal(NO_PARAMETER));

        LlmReply reply = ask("openai.gpt-oss-120b-1:0", "Who?");

        assertThat(reply.validation().mode()).isEqualTo(Mode.PROMPT);
        assertThat(reply.validation().attempts()).isEqualTo(2);
        assertThat(body(2).path("messages").toString())
                .contains("JSON Schema", "\"content\":\"no\"", "not valid", "JSON only");
    }

    @Test
    void callAfterARefusal_takesAPermit() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=20s");
        trunk.script(refusal(NO_PARAMETER));

        LlmException failure = failure(MODEL);

        assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.providerCode()).isNull();
        assertThat(failure.usage()).isNull();
    }

    @Test
    void facts_tellTheAnswerOnly() throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER));
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.getIn().setBody(request(MODEL, "Who?"));

        trunk.context().createProducerTemplate().send(Trunk.STRUCTURED, exchange);

        assertThat(exchange.getProperty(ExchangeKeys.CALL, CallFacts.class).structuredAnswers())
                .extracting(answer -> answer.mode() + " " + answer.result())
                .containsExactly(Mode.TOOL + " " + Result.VALID);
    }

    @Test
    void hostsExchange_goesOnWithoutMarksOfTheRefusal() throws Exception {
        start();
        trunk.script(refusal(NO_PARAMETER));
        trunk.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:host")
                        .onException(IllegalStateException.class)
                        .handled(true)
                        .setBody(constant("handled by the host"))
                        .end()
                        .to(Trunk.STRUCTURED)
                        .process(exchange -> {
                            ExchangeExtension marks = exchange.getExchangeExtension();
                            assertThat(marks.isFailureHandled()).isFalse();
                            assertThat(marks.isErrorHandlerHandledSet()).isFalse();
                            assertThat(marks.isRedeliveryExhausted()).isFalse();
                            assertThat(exchange.getProperty(Exchange.EXCEPTION_CAUGHT))
                                    .isNull();
                            throw new IllegalStateException("later");
                        });
            }
        });

        Object body = trunk.context().createProducerTemplate().requestBody("direct:host", request(MODEL, "Who?"));

        assertThat(body).isEqualTo("handled by the host");
    }

    private void start(String... settings) throws Exception {
        String[] all = new String[settings.length + 1];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "caravan.retry.delay=1ms";
        trunk = TestTrunk.start(all);
    }

    private LlmReply askRefused(String words) throws Exception {
        trunk.script(refusal(words));
        LlmReply reply = ask(MODEL, "Who?");
        assertThat(reply.validation().mode()).isEqualTo(Mode.TOOL);
        return reply;
    }

    private LlmReply ask(String model, String prompt) throws Exception {
        return trunk.askStructured(request(model, prompt));
    }

    private LlmException failure(String model) {
        return catchThrowableOfType(LlmException.class, () -> ask(model, "Who?"));
    }

    private static LlmRequest request(String model, String prompt) {
        return LlmRequest.ofPrompt(prompt)
                .model(model)
                .structured(Structured.schema(json(PERSON)))
                .build();
    }

    private static String refusal(String words) {
        return error("ValidationException", words);
    }

    private static String error(String code, String words) {
        return Json.object().put("error", code).put("text", words).toString();
    }

    private JsonNode requests() throws Exception {
        return trunk.calls().path("requests");
    }

    private JsonNode body(int call) throws Exception {
        return json(requests().get(call).path("body").asText());
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
