package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the trunk promises holds for Converse too. */
@Timeout(60)
class ConverseTrunkTest {
    private static final String MODEL = "cohere.command-text-v14";

    private TestTrunk trunk;

    @AfterEach
    void stop() {
        trunk.close();
    }

    private void start(String... settings) throws Exception {
        trunk = TestTrunk.start(settings);
    }

    private static LlmRequest.Builder prompt(String text) {
        return LlmRequest.ofPrompt(text).model(MODEL);
    }

    private LlmException failure(LlmRequest request) {
        return catchThrowableOfType(LlmException.class, () -> trunk.ask(request));
    }

    private Exchange exchange(LlmRequest request, Cancellation cancellation) {
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        exchange.getIn().setBody(request);
        return exchange;
    }

    @Test
    void modelWhoseFormatHasNoClass_isCalledThroughConverse() throws Exception {
        start();

        LlmReply reply = trunk.ask(prompt("Why is the sky blue?")
                .system("Be kind")
                .metadata(Map.of("team", "export"))
                .build());

        assertThat(reply.text()).contains("Why is the sky blue?");
        assertThat(reply.model()).isEqualTo(MODEL);
        assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(reply.usage().outputTokens()).isPositive();
        JsonNode call = trunk.calls().path("requests").get(0);
        assertThat(call.path("path").asText()).endsWith("/converse");
        assertThat(call.path("body").toString()).contains("requestMetadata").contains("export");
        assertThat(call.path("headers").toString().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("request-metadata");
    }

    @Test
    void steps_haveTheirNames() throws Exception {
        start();

        RouteDefinition attempt = ((ModelCamelContext) trunk.context()).getRouteDefinition(TrunkRoutes.ATTEMPT_ID);
        assertThat(ProcessorDefinitionHelper.filterTypeInOutputs(attempt.getOutputs(), ProcessorDefinition.class))
                .extracting(step -> step.getId())
                .containsSubsequence(
                        "caravan-begin-call",
                        "caravan-converse",
                        "caravan-invoke-model",
                        "caravan-read-reply",
                        "caravan-attempt-failure");
    }

    @ParameterizedTest
    @CsvSource({
        "ThrottlingException, PROVIDER_THROTTLED, 3",
        "ModelNotReadyException, PROVIDER_UNAVAILABLE, 3",
        "InternalServerException, PROVIDER_ERROR, 3",
        "ServiceUnavailableException, PROVIDER_UNAVAILABLE, 3",
        "502, PROVIDER_ERROR, 3",
        "ModelErrorException:503, PROVIDER_ERROR, 3",
        "ModelErrorException, PROVIDER_ERROR, 1",
        "ModelTimeoutException, PROVIDER_TIMEOUT, 2",
        "ValidationException, INVALID_REQUEST, 1",
        "AccessDeniedException, PROVIDER_ACCESS_DENIED, 1",
        "ResourceNotFoundException, MODEL_NOT_FOUND, 1",
    })
    void failure_isRetriedOnlyWhereTheContractSaysSo(String error, ErrorKind kind, int attempts) throws Exception {
        start("caravan.retry.delay=1ms");

        LlmException failure =
                failure(prompt("Hi\n@emulator error=" + error).maxRetries(2).build());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(attempts);
        assertThat(trunk.calls().path("requests")).hasSize(attempts);
        if (!Character.isDigit(error.charAt(0))) {
            assertThat(failure.providerCode()).isEqualTo(error.replaceAll(":.*", ""));
        }
    }

    @Test
    void throttledCall_isRepeatedByteForByteUntilItIsAnswered() throws Exception {
        start("caravan.retry.delay=1ms");

        LlmReply reply = trunk.ask(
                prompt("Hi\n@emulator error=ThrottlingException times=2").build());

        assertThat(reply.attempts()).isEqualTo(3);
        JsonNode calls = trunk.calls().path("requests");
        assertThat(calls.get(0).path("body")).isEqualTo(calls.get(2).path("body"));
    }

    @ParameterizedTest
    @CsvSource({
        "malformed=true, PROVIDER_ERROR, 1",
        "empty=true, PROVIDER_ERROR, 1",
        "reset=true, PROVIDER_UNAVAILABLE, 2"
    })
    void brokenReply_isAFailure(String directive, ErrorKind kind, int attempts) throws Exception {
        start("caravan.retry.delay=1ms", "caravan.retry.max=1");

        LlmException failure = failure(prompt("Hi\n@emulator " + directive).build());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.attempts()).isEqualTo(attempts);
    }

    @Test
    void totalTimeout_endsASlowCallAndIsNotRetried() throws Exception {
        start("caravan.timeout.total=300ms", "caravan.retry.delay=1ms");

        LlmException failure = failure(prompt("Hi\n@emulator delay=5s").build());

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.attempts()).isEqualTo(1);
    }

    @Test
    void callerWhoHasGone_cancelsTheCallInFlight() throws Exception {
        start();
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Exchange> sent =
                trunk.send(exchange(prompt("Hi\n@emulator delay=30s").build(), cancellation));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        cancellation.cancel();

        assertThat(sent.get(5, TimeUnit.SECONDS).getException())
                .isInstanceOfSatisfying(
                        LlmException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED));
        Awaitility.await()
                .untilAsserted(() -> assertThat(trunk.calls()
                                .path("requests")
                                .get(0)
                                .path("aborted")
                                .asBoolean())
                        .isTrue());
    }

    @Test
    void limit_countsTheCalls() throws Exception {
        start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=20s");
        trunk.ask(prompt("one").build());

        assertThat(failure(prompt("two").build()).kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    }

    @Test
    void usageAndAttempts_areKnownToTheAccount() throws Exception {
        start("caravan.retry.delay=1ms");
        Exchange exchange = trunk.exchange(
                prompt("Hi\n@emulator error=ThrottlingException times=1").build());

        CallFacts facts = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);

        assertThat(facts.attempts()).isEqualTo(2);
        assertThat(facts.usage().inputTokens()).isPositive();
        assertThat(facts.upstreamTime()).isPositive();
        assertThat(facts.model()).isEqualTo(MODEL);
        assertThat(facts.unknownModel()).isNull();
    }

    /** One thread sends them all: if it waited, they would take 40 s. */
    @Test
    void waitingCalls_holdNoThread() throws Exception {
        start();
        List<CompletableFuture<Exchange>> sent = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < 40; i++) {
            Exchange exchange =
                    exchange(prompt("job " + i + "\n@emulator delay=1s").build(), new Cancellation());
            CompletableFuture<Exchange> done = new CompletableFuture<>();
            trunk.process(exchange, doneSync -> done.complete(exchange));
            sent.add(done);
        }

        for (CompletableFuture<Exchange> one : sent) {
            assertThat(one.get(20, TimeUnit.SECONDS).getException()).isNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void sdkTransport_isForInvokeModelOnly() throws Exception {
        start("caravan.bedrock.transport=sdk", "caravan.retry.delay=1ms");

        assertThat(trunk.ask(prompt("Hi\n@emulator error=ThrottlingException times=1")
                                .build())
                        .attempts())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {TestTrunk.UNKNOWN_ID, TestTrunk.UNKNOWN_ARN})
    void modelOutsideTheCatalogue_isCalledAsItStandsWithSafeDefaults(String id) throws Exception {
        start("caravan.max-tokens=77");
        Exchange exchange =
                trunk.exchange(LlmRequest.ofPrompt("Hi").model("bedrock/" + id).build());

        LlmReply reply = exchange.getMessage().getBody(LlmReply.class);

        assertThat(reply.model()).isEqualTo(id);
        JsonNode call = trunk.calls().path("requests").get(0);
        assertThat(call.path("body").asText()).endsWith("\"inferenceConfig\":{\"maxTokens\":77}}");
        CallFacts facts = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);
        assertThat(facts.model()).isEqualTo("unknown");
        assertThat(facts.unknownModel()).isEqualTo(id);
    }

    @Test
    void modelThatAwsDoesNotKnowEither_isNotFoundWithTheNearestNames() throws Exception {
        start();

        LlmException failure = failure(
                LlmRequest.ofPrompt("Hi").model("us.anthropic.claude-sonet-5").build());

        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure)
                .hasMessageStartingWith("The provided model identifier is invalid.")
                .hasMessageContaining("Nearest: anthropic.claude-sonnet-5");
    }
}
