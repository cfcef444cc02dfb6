package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Usage;
import dev.caravan.chat.Validation;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.dialect.StructuredDialect;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.ExchangeKeys;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shipped door {@code routes/structured.yaml} as it stands, with another way in and a mock for the trunk. */
class StructuredRouteTest extends CamelTestSupport {
    private MockEndpoint trunk;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withUseAdviceWith(true);
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        DialectSteps steps = new DialectSteps(new CaravanDialect());
        registry.bind("caravanReadStructured", new DialectSteps(new StructuredDialect()).readRequest());
        registry.bind("caravanWriteReply", steps.writeReply());
        registry.bind("caravanWriteProblem", steps.writeProblem());
    }

    @Override
    protected RoutesBuilder createRouteBuilder() throws Exception {
        return PluginHelper.getRoutesLoader(context())
                .findRoutesBuilders(ResourceHelper.resolveMandatoryResource(context(), "file:routes/structured.yaml"))
                .iterator()
                .next();
    }

    @BeforeEach
    void replaceEnds() throws Exception {
        AdviceWith.adviceWith(context(), "http-structured", route -> {
            route.replaceFromWith("direct:in");
            route.weaveById("structured-trunk").replace().to("mock:trunk");
        });
        trunk = getMockEndpoint("mock:trunk");
        // As application.properties has it.
        context().setStreamCaching(false);
        context().start();
    }

    @Test
    void answer_hasDataAndValidation() throws Exception {
        trunk.whenAnyExchangeReceived(exchange -> {
            assertThat(exchange.getMessage().getBody())
                    .isEqualTo(LlmRequest.ofPrompt("Price?")
                            .structured(new Structured(null, "price", 1))
                            .build());
            exchange.getMessage().setBody(reply());
        });

        Exchange answer = post("{\"prompt\": \"Price?\", \"schema_name\": \"price\", \"max_repairs\": 1}");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/json");
        assertThat(text(answer)).contains("\"data\":{\"price\":1.10}");
        assertThat(json(answer).path("validation"))
                .isEqualTo(read("{\"mode\": \"tool\", \"attempts\": 2, \"repaired\": false}"));
    }

    @Test
    void answerThatStayedInvalid_isAProblemWithAllOfIt() throws Exception {
        trunk.whenAnyExchangeReceived(exchange -> {
            throw LlmException.builder(ErrorKind.STRUCTURED_OUTPUT_INVALID, "not valid")
                    .errors(List.of(new SchemaViolation("/price", "type", "string found")))
                    .raw("{\"price\": \"x\"}")
                    .usage(Usage.of(1L, 2L))
                    .truncated(true)
                    .attempts(3)
                    .build();
        });

        Exchange answer = post("{\"prompt\": \"Price?\", \"schema_name\": \"price\"}");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(422);
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.path("code").asText()).isEqualTo("structured_output_invalid");
        assertThat(problem.at("/errors/0/path").asText()).isEqualTo("/price");
        assertThat(problem.path("raw").asText()).isEqualTo("{\"price\": \"x\"}");
        assertThat(problem.at("/usage/total_tokens").asInt()).isEqualTo(3);
        assertThat(problem.path("truncated").asBoolean()).isTrue();
        assertThat(problem.path("retryable").asBoolean(true)).isFalse();
    }

    @Test
    void badRequest_neverReachesTheTrunk() throws Exception {
        trunk.expectedMessageCount(0);

        Exchange answer = post("{\"prompt\": \"Price?\", \"schema\": 5}");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(400);
        trunk.assertIsSatisfied();
    }

    private Exchange post(String body) {
        return context()
                .createFluentProducerTemplate()
                .to("direct:in")
                .withProcessor(exchange -> {
                    exchange.setProperty(ExchangeKeys.REQUEST_ID, "req-1");
                    exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
                })
                .send();
    }

    private static String text(Exchange exchange) {
        return exchange.getMessage().getBody(Buffer.class).toString();
    }

    private static JsonNode json(Exchange exchange) throws Exception {
        return read(text(exchange));
    }

    private static JsonNode read(String text) throws Exception {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static LlmReply reply() throws Exception {
        return new LlmReply(
                "req-1",
                "m",
                "bedrock",
                "us-east-1",
                "{\"price\": 1.10}",
                null,
                StopReason.END_TURN,
                "tool_use",
                Usage.of(1L, 2L),
                2,
                Duration.ofMillis(840),
                true,
                List.of(),
                read("{\"price\": 1.10}"),
                new Validation(Validation.Mode.TOOL, 2, false));
    }
}
