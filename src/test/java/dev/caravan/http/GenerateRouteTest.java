package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** The shipped door {@code routes/generate.yaml} as it stands, with another way in and a mock for the trunk. */
class GenerateRouteTest extends ShippedDoorTest {

    GenerateRouteTest() {
        super("generate.yaml", "http-generate", "trunk");
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
