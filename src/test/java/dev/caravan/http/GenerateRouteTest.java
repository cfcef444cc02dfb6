package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
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

/** The shipped door {@code routes/generate.yaml} as it stands, with another way in and a mock for the trunk. */
class GenerateRouteTest extends CamelTestSupport {
    private MockEndpoint trunk;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withUseAdviceWith(true);
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        DialectSteps steps = new DialectSteps(new CaravanDialect());
        registry.bind("caravanReadRequest", steps.readRequest());
        registry.bind("caravanWriteReply", steps.writeReply());
        registry.bind("caravanWriteProblem", steps.writeProblem());
    }

    @Override
    protected RoutesBuilder createRouteBuilder() throws Exception {
        return PluginHelper.getRoutesLoader(context())
                .findRoutesBuilders(ResourceHelper.resolveMandatoryResource(context(), "file:routes/generate.yaml"))
                .iterator()
                .next();
    }

    @BeforeEach
    void replaceEnds() throws Exception {
        AdviceWith.adviceWith(context(), "http-generate", route -> {
            route.replaceFromWith("direct:in");
            route.weaveById("trunk").replace().to("mock:trunk");
        });
        trunk = getMockEndpoint("mock:trunk");
        // As application.properties has it.
        context().setStreamCaching(false);
        context().start();
    }

    @Test
    void request_goesThroughTheTrunkAndBack() throws Exception {
        trunk.whenAnyExchangeReceived(exchange -> {
            assertThat(exchange.getMessage().getBody())
                    .isEqualTo(LlmRequest.ofPrompt("Hello").build());
            exchange.getMessage().setBody(reply());
        });

        Exchange answer = post("{\"prompt\": \"Hello\"}");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/json");
        assertThat(json(answer)).isEqualTo(Json.read("""
                {"id": "req-1", "model": "m", "provider": "bedrock", "region": "us-east-1", "text": "Hi",
                 "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
                 "attempts": 1, "latency_ms": 840, "emulated": true}""".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void failureOfTheTrunk_becomesAProblem() throws Exception {
        trunk.whenAnyExchangeReceived(exchange -> {
            throw LlmException.builder(ErrorKind.RATE_LIMITED, "full")
                    .retryAfter(Duration.ofMillis(1200))
                    .build();
        });

        Exchange answer = post("{\"prompt\": \"Hello\"}");

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(429);
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/problem+json");
        assertThat(answer.getMessage().getHeader("Retry-After")).isEqualTo("2");
        assertThat(json(answer).path("code").asText()).isEqualTo("rate_limited");
        assertThat(json(answer).path("retry_after_s").asInt()).isEqualTo(2);
    }

    @Test
    void badRequest_neverReachesTheTrunk() throws Exception {
        trunk.expectedMessageCount(0);

        Exchange answer = post("{\"prompt\": ");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(400);
        trunk.assertIsSatisfied();
    }

    @Test
    void bug_showsNothingOfTheInside() throws Exception {
        trunk.whenAnyExchangeReceived(exchange -> {
            throw new IllegalStateException("secret of the inside");
        });

        Exchange answer = post("{\"prompt\": \"Hello\"}");

        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(500);
        assertThat(json(answer).toString()).doesNotContain("secret").contains("req-1");
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

    private static JsonNode json(Exchange exchange) throws Exception {
        return Json.read(exchange.getMessage().getBody(Buffer.class).getBytes());
    }

    private static LlmReply reply() {
        return new LlmReply(
                "req-1",
                "m",
                "bedrock",
                "us-east-1",
                "Hi",
                null,
                StopReason.END_TURN,
                "end_turn",
                Usage.of(1L, 2L),
                1,
                Duration.ofMillis(840),
                true,
                List.of(),
                null,
                null);
    }
}
