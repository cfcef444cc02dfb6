package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.chat.StopReason;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrunkTest {
    private TestTrunk trunk;

    @AfterEach
    void stop() {
        if (trunk != null) {
            trunk.close();
        }
    }

    @Test
    void request_comesBackAsReply() throws Exception {
        start();

        LlmReply reply = trunk.ask(LlmRequest.ofPrompt("Why is the sky blue?").build());

        assertThat(reply.text()).contains("Why is the sky blue?");
        assertThat(reply.model()).isEqualTo("anthropic.claude-3-haiku-20240307-v1:0");
        assertThat(reply.provider()).isEqualTo("bedrock");
        assertThat(reply.region()).isEqualTo("us-east-1");
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.usage().totalTokens())
                .isEqualTo(reply.usage().inputTokens() + reply.usage().outputTokens());
        assertThat(reply.attempts()).isEqualTo(1);
        assertThat(reply.emulated()).isTrue();
    }

    @Test
    void body_mayBeTextMapOrJson() throws Exception {
        start();

        assertThat(trunk.ask("Plain text").text()).contains("Plain text");
        assertThat(trunk.ask(Map.of("prompt", "From a map", "max_tokens", 50)).text())
                .contains("From a map");
        assertThat(trunk.ask("{\"prompt\": \"From JSON\"}").text()).contains("From JSON");
        assertThat(trunk.ask("{ not json").text()).contains("{ not json");
        assertThat(trunk.ask("{\"a\": 1}").text()).contains("a");
        assertThat(trunk.ask("As bytes".getBytes()).text()).contains("As bytes");
    }

    @Test
    void badBody_isRefusedWithoutACall() throws Exception {
        start();

        assertThat(failure("").kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(null).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(Map.of("promt", "x"))).hasMessageContaining("promt: unknown field");
        assertThat(failure(LlmRequest.ofPrompt(" ").build())).hasMessageContaining("must not be blank");
        assertThat(failure(LlmRequest.ofPrompt("x").maxRetries(11).build())).hasMessageContaining("max_retries");
        assertThat(failure(LlmRequest.ofPrompt("\ud83d").build())).hasMessageContaining("Unicode");
        assertThat(trunk.calls().path("requests")).isEmpty();
    }

    @Test
    void throttling_isRetriedWithDoublingGaps() throws Exception {
        start("caravan.retry.delay=100ms");
        long begin = System.nanoTime();

        LlmReply reply = trunk.ask("Hi\n@emulator error=ThrottlingException times=3");

        assertThat(reply.attempts()).isEqualTo(4);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
    }

    @ParameterizedTest
    @CsvSource({
        "ThrottlingException, PROVIDER_THROTTLED, 3",
        "ModelNotReadyException, PROVIDER_UNAVAILABLE, 3",
        "InternalServerException, PROVIDER_ERROR, 3",
        "ServiceUnavailableException, PROVIDER_UNAVAILABLE, 3",
        "502, PROVIDER_ERROR, 3",
        "504, PROVIDER_TIMEOUT, 3",
        "ModelErrorException:503, PROVIDER_ERROR, 3",
        "ModelErrorException:429, PROVIDER_ERROR, 3",
        "ModelErrorException:400, PROVIDER_ERROR, 1",
        "ModelErrorException, PROVIDER_ERROR, 1",
        "ModelTimeoutException, PROVIDER_TIMEOUT, 2",
        "ServiceQuotaExceededException, PROVIDER_THROTTLED, 1",
        "ValidationException, INVALID_REQUEST, 1",
        "AccessDeniedException, PROVIDER_ACCESS_DENIED, 1",
        "UnrecognizedClientException, PROVIDER_ACCESS_DENIED, 1",
        "ResourceNotFoundException, MODEL_NOT_FOUND, 1",
    })
    void failure_isRetriedOnlyWhereTheContractSaysSo(String error, ErrorKind kind, int attempts) throws Exception {
        start("caravan.retry.delay=1ms");

        LlmException failure = failure(LlmRequest.ofPrompt("Hi\n@emulator error=" + error)
                .maxRetries(2)
                .build());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(attempts);
        assertThat(trunk.calls().path("requests")).hasSize(attempts);
        if (!Character.isDigit(error.charAt(0))) {
            assertThat(failure.providerCode()).isEqualTo(error.replaceAll(":.*", ""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "malformed=true, PROVIDER_ERROR, 1",
        "empty=true, PROVIDER_ERROR, 1",
        "reset=true, PROVIDER_UNAVAILABLE, 2"
    })
    void brokenReply_isAFailure(String directive, ErrorKind kind, int attempts) throws Exception {
        start("caravan.retry.delay=1ms", "caravan.retry.max=1");

        LlmException failure = failure("Hi\n@emulator " + directive);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(attempts);
    }

    @Test
    void zeroRetries_isOneAttempt() throws Exception {
        start("caravan.retry.delay=1ms");

        LlmRequest request = LlmRequest.ofPrompt("Hi\n@emulator error=ThrottlingException")
                .maxRetries(0)
                .build();

        assertThat(failure(request).attempts()).isEqualTo(1);
    }

    @Test
    void retryAfter_isHonoured() throws Exception {
        start("caravan.retry.delay=1ms");
        long begin = System.nanoTime();

        LlmReply reply = trunk.ask("Hi\n@emulator error=ThrottlingException times=1 retry-after=1");

        assertThat(reply.attempts()).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void longRetryAfter_isPassedOnAtOnce() throws Exception {
        start("caravan.retry.delay=1ms", "caravan.retry.max-wait=2s");

        LlmException failure = failure("Hi\n@emulator error=ThrottlingException retry-after=3");

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void backoffThatWouldPassTheTotalTimeout_isNotWaitedFor() throws Exception {
        start("caravan.retry.delay=5s", "caravan.timeout.total=2s");
        long begin = System.nanoTime();

        LlmException failure = failure("Hi\n@emulator error=ThrottlingException");

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void totalTimeout_endsASlowCallAndIsNotRetried() throws Exception {
        start("caravan.timeout.total=300ms", "caravan.retry.delay=1ms");

        LlmException failure = failure("Hi\n@emulator delay=5s");

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.attempts()).isEqualTo(1);
    }

    @Test
    void limit_rejectsWithATrueRetryAfter() throws Exception {
        start("caravan.rate-limit.requests=2", "caravan.rate-limit.window=20s");
        trunk.ask("one");
        trunk.ask("two");

        LlmException failure = failure("three");

        assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
        assertThat(failure.attempts()).isZero();
        assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
        assertThat(trunk.calls().path("requests")).hasSize(2);
    }

    @Test
    void retryThatMeetsTheLimit_isRateLimitedWithTheLastProviderCode() throws Exception {
        start("caravan.rate-limit.requests=2", "caravan.rate-limit.window=20s", "caravan.retry.delay=1ms");

        LlmException failure = failure("Hi\n@emulator error=ThrottlingException");

        assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
        assertThat(failure.attempts()).isEqualTo(2);
        assertThat(failure.providerCode()).isEqualTo("ThrottlingException");
    }

    @Test
    void waitingRequests_allGetAPermitInTheEnd() throws Exception {
        start("caravan.rate-limit.requests=3", "caravan.rate-limit.window=300ms");
        List<CompletableFuture<Exchange>> sent = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            Exchange exchange = new DefaultExchange(trunk.context());
            exchange.getIn()
                    .setBody(LlmRequest.ofPrompt("job " + i)
                            .onLimit(OnLimit.WAIT)
                            .build());
            sent.add(trunk.send(exchange));
        }

        for (CompletableFuture<Exchange> one : sent) {
            assertThat(one.get(20, TimeUnit.SECONDS).getException()).isNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        assertThat(trunk.calls().path("requests")).hasSize(10);
    }

    @Test
    void waitForTheLimit_doesNotCountAgainstTheTotalTimeout() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=1s", "caravan.timeout.total=700ms");
        trunk.ask("first");

        LlmReply reply =
                trunk.ask(LlmRequest.ofPrompt("second").onLimit(OnLimit.WAIT).build());

        assertThat(reply.attempts()).isEqualTo(1);
    }

    @Test
    void noLimit_leavesTheThrottleOut() throws Exception {
        start("caravan.rate-limit.requests=0");

        for (int i = 0; i < 60; i++) {
            assertThat(trunk.ask("again").attempts()).isEqualTo(1);
        }
    }

    @Test
    void callerWhoHasGone_getsNoFurtherAttempt() throws Exception {
        start("caravan.retry.delay=200ms");
        Cancellation cancellation = new Cancellation();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        exchange.getIn().setBody("Hi\n@emulator error=ThrottlingException");
        CompletableFuture<Exchange> sent = trunk.send(exchange);
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        cancellation.cancel();

        assertThat(sent.get(10, TimeUnit.SECONDS).getException()).isInstanceOf(LlmException.class);
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void callerWhoHasGone_cancelsTheCallInFlight() throws Exception {
        start();
        Cancellation cancellation = new Cancellation();
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        exchange.getIn().setBody("Hi\n@emulator delay=30s");
        CompletableFuture<Exchange> sent = trunk.send(exchange);
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        cancellation.cancel();

        assertThat(sent.get(5, TimeUnit.SECONDS).getException()).isInstanceOf(LlmException.class);
        Awaitility.await()
                .untilAsserted(() -> assertThat(trunk.calls()
                                .path("requests")
                                .get(0)
                                .path("aborted")
                                .asBoolean())
                        .isTrue());
    }

    @Test
    void unknownModel_isNotFoundWithTheNearestNames() throws Exception {
        start();

        LlmException failure =
                failure(LlmRequest.ofPrompt("x").model("claude-hiaku").build());

        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure).hasMessageContaining("claude-haiku");
    }

    @Test
    void retiredModel_isCalledAndTheErrorNamesItsSuccessor() throws Exception {
        start();

        LlmException failure = failure(LlmRequest.ofPrompt("Hi\n@emulator error=ResourceNotFoundException")
                .model("claude-3-haiku")
                .build());

        assertThat(failure).hasMessageContaining("its successor is anthropic.claude-haiku-4-5");
    }

    @Test
    void metadata_goesToBedrockAsAHeader() throws Exception {
        start();

        trunk.ask(LlmRequest.ofPrompt("x").metadata(Map.of("team", "export")).build());

        assertThat(trunk.calls().path("requests").get(0).toString().toLowerCase(java.util.Locale.ROOT))
                .contains("x-amzn-bedrock-request-metadata")
                .contains("export");
    }

    @Test
    void input_isNotAlteredByAttempts() throws Exception {
        start("caravan.retry.delay=1ms");
        trunk.ask("Hi\n@emulator error=ThrottlingException times=1");

        var requests = trunk.calls().path("requests");

        assertThat(requests.get(0).path("body")).isEqualTo(requests.get(1).path("body"));
    }

    @Test
    void sdkTransport_givesTheSameAnswer() throws Exception {
        start("caravan.bedrock.transport=sdk", "caravan.retry.delay=1ms");

        assertThat(trunk.ask("Hi\n@emulator error=ThrottlingException times=1").attempts())
                .isEqualTo(2);
        assertThatThrownBy(() -> trunk.ask("Hi\n@emulator error=AccessDeniedException"))
                .isInstanceOf(LlmException.class);
    }

    private void start(String... settings) throws Exception {
        trunk = TestTrunk.start(settings);
    }

    private LlmException failure(Object body) {
        return catchThrowableOfType(LlmException.class, () -> trunk.ask(body));
    }
}
