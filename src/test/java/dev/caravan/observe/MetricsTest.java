package dev.caravan.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Usage;
import dev.caravan.chat.Validation;
import dev.caravan.observe.StructuredAnswer.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics(model -> model.startsWith("eu.") ? model.substring(3) : "other");

    @AfterEach
    void close() {
        metrics.close();
    }

    private void record(String model, int status, String code, long totalMs, long upstreamMs) {
        CallFacts call = new AccessLogTest.Call(model, new Usage(12L, 34L, 5L, null), 2, Duration.ofMillis(upstreamMs));
        metrics.record(new FinishedRequest(
                "id", "http", status, code, call, null, Duration.ofMillis(totalMs), Duration.ofMillis(totalMs)));
    }

    @Test
    void record_countsRequestsCallsAndTokens() {
        record("eu.nova", 200, null, 1000, 999);
        record("eu.nova", 200, null, 1000, 999);

        assertThat(metrics.scrape())
                .contains("caravan_requests_total{code=\"none\",door=\"http\",model=\"nova\",status=\"200\"} 2.0")
                .contains("caravan_upstream_calls_total 4.0")
                .contains("caravan_tokens_total{direction=\"input\"} 24.0")
                .contains("caravan_tokens_total{direction=\"output\"} 68.0")
                .contains("caravan_tokens_total{direction=\"cache_read\"} 10.0")
                .doesNotContain("cache_write");
    }

    @Test
    void record_countsStructuredAnswersByModeAndResult() {
        CallFacts plain = new AccessLogTest.Call("eu.nova", Usage.UNKNOWN, 2, Duration.ZERO);
        CallFacts call = new CallFacts() {
            @Override
            public String model() {
                return plain.model();
            }

            @Override
            public Usage usage() {
                return plain.usage();
            }

            @Override
            public int attempts() {
                return plain.attempts();
            }

            @Override
            public Duration upstreamTime() {
                return plain.upstreamTime();
            }

            @Override
            public List<StructuredAnswer> structuredAnswers() {
                return List.of(
                        new StructuredAnswer(Validation.Mode.TOOL, Result.INVALID),
                        new StructuredAnswer(Validation.Mode.TOOL, Result.INVALID),
                        new StructuredAnswer(Validation.Mode.TOOL, Result.REPAIRED));
            }
        };

        metrics.record(new FinishedRequest("id", "http", 200, null, call, null, Duration.ZERO, Duration.ZERO));

        assertThat(metrics.scrape())
                .contains("caravan_structured_answers_total{mode=\"tool\",result=\"invalid\"} 2.0")
                .contains("caravan_structured_answers_total{mode=\"tool\",result=\"repaired\"} 1.0");
    }

    @Test
    void record_neverLabelsWithACallersWord() {
        record("whatever the caller wrote", 404, "model_not_found", 1, 0);

        assertThat(metrics.scrape())
                .contains("model=\"other\"")
                .contains("code=\"model_not_found\"")
                .doesNotContain("whatever");
    }

    @Test
    void record_countsModelsOutsideTheCatalogueWithoutTheirIds() {
        assertThat(metrics.scrape()).contains("caravan_unknown_models_total 0.0");
        CallFacts call = AccessLogTest.unknown("acme.big-v1:0");
        metrics.record(new FinishedRequest("id", "http", 200, null, call, null, Duration.ZERO, null));

        assertThat(metrics.scrape())
                .contains("caravan_unknown_models_total 1.0")
                .doesNotContain("acme");
    }

    @Test
    void record_overheadIsTotalWithoutUpstream() {
        record("eu.nova", 200, null, 1000, 997);

        assertThat(metrics.scrape())
                .contains("caravan_overhead_seconds_bucket{door=\"http\",le=\"0.002\"} 0")
                .contains("caravan_overhead_seconds_bucket{door=\"http\",le=\"0.0035\"} 1")
                .contains("caravan_request_duration_seconds_bucket{door=\"http\",le=\"1.0\"} 1");
    }

    @Test
    void record_timesTheFirstPartOfStreamsOnly() {
        record("eu.nova", 200, null, 1000, 999);
        assertThat(metrics.scrape()).doesNotContain("caravan_time_to_first_part");

        CallFacts call =
                new AccessLogTest.Streamed("eu.nova", Usage.UNKNOWN, 1, Duration.ofMillis(900), Duration.ofMillis(120));
        metrics.record(new FinishedRequest(
                "id", "http", 200, null, call, null, Duration.ofMillis(1000), Duration.ofMillis(1000)));

        assertThat(metrics.scrape())
                .contains("caravan_time_to_first_part_seconds_bucket{door=\"http\",le=\"0.1\"} 0")
                .contains("caravan_time_to_first_part_seconds_bucket{door=\"http\",le=\"0.25\"} 1");
    }

    @Test
    void record_withoutCallHasNoOverhead() {
        metrics.record(new FinishedRequest("id", "http", 404, "not_found", null, null, Duration.ZERO, null));

        assertThat(metrics.scrape()).contains("model=\"none\"").doesNotContain("caravan_overhead");
    }
}
