package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.chat.Usage;
import dev.caravan.chat.Validation;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** The shipped door {@code routes/structured.yaml} as it stands, with another way in and a mock for the trunk. */
class StructuredRouteTest extends ShippedDoorTest {

    StructuredRouteTest() {
        super("structured.yaml", "http-structured", "structured-trunk");
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
