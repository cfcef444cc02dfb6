package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait, that are given up, and what they leave behind. */
@Timeout(60)
class TrunkCallsTest {
    private TestTrunk trunk;

    @AfterEach
    void stop() {
        trunk.close();
    }

    @Test
    void callerWhoLeavesDuringABackoff_isEndedAtOnce() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=50s");
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Exchange> sent =
                trunk.send(exchange("Hi\n@emulator error=ThrottlingException retry-after=50", cancellation));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        cancellation.cancel();

        Exception failure = sent.get(1, TimeUnit.SECONDS).getException();
        assertThat(kind(failure)).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(failure).hasMessage("The call was cut off: its caller waits for it no longer.");
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void stopDuringABackoff_isTold() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=50s");
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Exchange> sent =
                trunk.send(exchange("Hi\n@emulator error=ThrottlingException retry-after=50", cancellation));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        cancellation.stop();

        assertThat(sent.get(1, TimeUnit.SECONDS).getException())
                .hasMessage("The call was cut off: Caravan is stopping.");
    }

    @Test
    void callerWhoLeavesWhileWaitingForTheLimit_isEndedAtOnce() throws Exception {
        trunk = TestTrunk.start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=50s");
        trunk.ask("first");
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Exchange> sent = trunk.send(exchange(waiting("second"), cancellation));

        cancellation.cancel();

        assertThat(kind(sent.get(1, TimeUnit.SECONDS).getException())).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void stop_endsWaitsForTheLimitThatHoldNothingPaidFor() throws Exception {
        trunk = TestTrunk.start(
                "caravan.rate-limit.requests=1", "caravan.rate-limit.window=1h", "caravan.retry.delay=1ms");
        CompletableFuture<Exchange> retry =
                trunk.send(exchange(waiting("Hi\n@emulator error=ThrottlingException"), new Cancellation()));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);
        CompletableFuture<Exchange> first = trunk.send(exchange(waiting("first"), new Cancellation()));

        trunk.endUnpaidWaits(Duration.ofHours(2));

        for (CompletableFuture<Exchange> ended : List.of(retry, first)) {
            Exception failure = ended.get(10, TimeUnit.SECONDS).getException();
            assertThat(kind(failure)).isEqualTo(ErrorKind.OVERLOADED);
            assertThat(failure).hasMessageContaining("Caravan is stopping");
        }
        CompletableFuture<Exchange> late = trunk.send(exchange(waiting("late"), new Cancellation()));
        assertThat(kind(late.get(10, TimeUnit.SECONDS).getException())).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(trunk.calls().path("requests")).hasSize(1);
    }

    @Test
    void callUnderWay_mayBePaid_andAWaitingOneIsNot() throws Exception {
        trunk = TestTrunk.start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=1h");
        CompletableFuture<Exchange> call = trunk.send(exchange("Hi\n@emulator delay=1s", new Cancellation()));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);
        assertThat(trunk.hasPaidCalls()).isTrue();
        call.get(10, TimeUnit.SECONDS);

        Cancellation second = new Cancellation();
        trunk.send(exchange(waiting("second"), second));

        assertThat(trunk.hasPaidCalls()).isFalse();
        second.cancel();
    }

    @Test
    void limit_tellsThoseWhoDoNotWaitWhenTheLineIsOver() throws Exception {
        trunk = TestTrunk.start("caravan.rate-limit.requests=1", "caravan.rate-limit.window=100s");
        trunk.ask("first");
        Cancellation second = new Cancellation();
        trunk.process(exchange(waiting("second"), second), done -> {});

        LlmException failure = catchThrowableOfType(LlmException.class, () -> trunk.ask("third"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
        assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(120), Duration.ofSeconds(200));
        second.cancel();
    }

    @Test
    void closing_answersThoseWhoWait() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=50s");
        CompletableFuture<Exchange> sent =
                trunk.send(exchange("Hi\n@emulator error=ThrottlingException", new Cancellation()));
        Awaitility.await().until(() -> trunk.calls().path("requests").size() == 1);

        trunk.closeTrunk();

        assertThat(kind(sent.get(2, TimeUnit.SECONDS).getException())).isEqualTo(ErrorKind.OVERLOADED);
    }

    /** Callers who do not wait take every permit as it comes free. */
    @Test
    void waitingForTheLimit_outlastsOthersWhoTakeThePermits() throws Exception {
        trunk = TestTrunk.start(
                "caravan.rate-limit.requests=1", "caravan.rate-limit.window=500ms", "caravan.timeout.total=700ms");
        trunk.ask("first");
        CompletableFuture<Exchange> waiting = trunk.send(exchange(waiting("waits"), new Cancellation()));
        long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < until) {
            trunk.exchange("takes");
        }

        Exchange done = waiting.get(10, TimeUnit.SECONDS);

        assertThat(done.getException()).isNull();
        assertThat(done.getProperty(ExchangeKeys.CALL, CallFacts.class).upstreamTime())
                .isLessThan(Duration.ofMillis(700));
    }

    @Test
    void refusalForWantOfCredentials_isNoAttemptAndTakesNoPermit() throws Exception {
        trunk = TestTrunk.startWithoutCredentials("caravan.rate-limit.requests=1", "caravan.rate-limit.window=50s");

        for (int i = 0; i < 3; i++) {
            LlmException failure = catchThrowableOfType(LlmException.class, () -> trunk.ask("x"));
            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
            assertThat(failure.attempts()).isZero();
        }
    }

    @Test
    void tokensOfAReplyThatCouldNotBeRead_areCounted() throws Exception {
        trunk = TestTrunk.start();

        Exchange exchange = trunk.exchange("Hi\n@emulator malformed=true");

        LlmException failure = (LlmException) exchange.getException();
        CallFacts facts = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);
        assertThat(failure.usage().totalTokens()).isPositive();
        assertThat(facts.usage()).isEqualTo(failure.usage());
    }

    @Test
    void retry_leavesNothingOnTheHostsExchange() throws Exception {
        trunk = TestTrunk.start("caravan.retry.delay=1ms");
        Exchange exchange = exchange("Hi\n@emulator error=502 times=1", new Cancellation());
        Exception before = new IllegalStateException("of the host");
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);
        exchange.getMessage().setHeader(Exchange.REDELIVERY_COUNTER, 7);

        Exchange done = trunk.send(exchange).get(10, TimeUnit.SECONDS);

        assertThat(done.getMessage().getBody(LlmReply.class).attempts()).isEqualTo(2);
        assertThat(done.getProperty(Exchange.EXCEPTION_CAUGHT)).isSameAs(before);
        assertThat(done.getMessage().getHeaders()).hasSize(1).containsEntry(Exchange.REDELIVERY_COUNTER, 7);
        assertThat(done.getProperties()).doesNotContainKey("CaravanAgain");
    }

    @Test
    void innerRouteCalledByAHost_isRefusedWithAHint() throws Exception {
        trunk = TestTrunk.start();

        Exchange done = trunk.context()
                .createFluentProducerTemplate()
                .to("direct:caravan-attempt")
                .withBody("x")
                .send();

        assertThat(kind(done.getException())).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(done.getException()).hasMessageContaining("direct:caravan-generate");
    }

    @Test
    void blankStopSequence_isRefusedBeforeTheCall() throws Exception {
        trunk = TestTrunk.start();

        LlmException failure = catchThrowableOfType(
                LlmException.class,
                () -> trunk.ask(LlmRequest.ofPrompt("x").stop("END", " \n").build()));

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure).hasMessageContaining("stop[1]").hasMessageContaining("non-whitespace");
        assertThat(trunk.calls().path("requests")).isEmpty();
    }

    private static LlmRequest waiting(String prompt) {
        return LlmRequest.ofPrompt(prompt).onLimit(OnLimit.WAIT).build();
    }

    private Exchange exchange(Object body, Cancellation cancellation) {
        Exchange exchange = new DefaultExchange(trunk.context());
        exchange.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        exchange.getIn().setBody(body);
        return exchange;
    }

    private static ErrorKind kind(Exception failure) {
        assertThat(failure).isInstanceOf(LlmException.class);
        return ((LlmException) failure).kind();
    }
}
