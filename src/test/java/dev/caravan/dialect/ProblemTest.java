package dev.caravan.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void everyKind_hasTheMembersOfTheContract(ErrorKind kind) {
        ObjectNode problem = Problem.write(LlmException.of(kind, "why"), "req-1");

        assertThat(problem.path("type").asText()).isEqualTo("urn:caravan:problem:" + kind.code());
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("status").asInt()).isEqualTo(kind.status());
        assertThat(problem.path("detail").asText()).isEqualTo("why");
        assertThat(problem.path("code").asText()).isEqualTo(kind.code());
        assertThat(problem.path("request_id").asText()).isEqualTo("req-1");
        assertThat(problem.path("retryable").asBoolean()).isEqualTo(kind.retryable());
        assertThat(problem.has("retry_after_s")).isEqualTo(kind.status() == 429 || kind.status() == 503);
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "999,1", "1000,1", "1001,2", "59001,60"})
    void retryAfter_isWholeSecondsRoundedUp(long millis, long seconds) {
        LlmException limited = LlmException.builder(ErrorKind.RATE_LIMITED, "full")
                .retryAfter(Duration.ofMillis(millis))
                .build();

        assertThat(Problem.write(limited, "id").path("retry_after_s").asLong()).isEqualTo(seconds);
        assertThat(Problem.retryAfterSeconds(limited)).isEqualTo(seconds);
    }

    @Test
    void attempts_standWhereACallWasMadeOrRefusedByTheLimit() {
        assertThat(Problem.write(LlmException.invalid("x"), "id").has("attempts"))
                .isFalse();
        assertThat(Problem.write(LlmException.of(ErrorKind.RATE_LIMITED, "x"), "id")
                        .path("attempts")
                        .asInt(-1))
                .isZero();
        assertThat(Problem.write(
                                LlmException.builder(ErrorKind.PROVIDER_ERROR, "x")
                                        .attempts(4)
                                        .build(),
                                "id")
                        .path("attempts")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void unknownFailure_showsNothingOfItself() {
        LlmException visible = Problem.visible(new IllegalStateException("secret path /etc/x"));

        assertThat(visible.kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(visible.getMessage()).doesNotContain("secret").doesNotContain("IllegalState");
    }
}
