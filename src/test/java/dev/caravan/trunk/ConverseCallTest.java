package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.ResolvedModel;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Workers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConverseCallTest {
    private final Workers workers = Workers.create("converse", 8);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final CompletableFuture<BedrockWire.Reply> answer = new CompletableFuture<>();
    private final Exchange exchange = new DefaultExchange(context);
    private final CompletableFuture<Thread> done = new CompletableFuture<>();

    @AfterEach
    void stop() throws Exception {
        workers.close();
        context.close();
    }

    /** A wire that gives the answer when the test does. */
    private class HeldWire implements BedrockWire {
        @Override
        public CompletableFuture<Reply> send(Call call) {
            return answer;
        }

        @Override
        public CompletableFuture<Stream> open(Call call, Silence silence) {
            throw new AssertionError("no stream was asked for");
        }

        @Override
        public void close() {}
    }

    private boolean begin(BedrockWire wire) {
        exchange.getMessage()
                .setBody(new BedrockWire.Call(
                        BedrockWire.Operation.CONVERSE, "m", Map.of(), new byte[0], Duration.ofSeconds(1), null));
        return new ConverseCall(wire, workers).process(exchange, doneSync -> done.complete(Thread.currentThread()));
    }

    private static BedrockWire.Reply reply(int status, String body) {
        return new BedrockWire.Reply(
                status,
                Map.of("x-amzn-errortype", List.of("ThrottlingException")),
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theCallerIsFree_andAnotherThreadThanTheWiresGoesOn() throws Exception {
        assertThat(begin(new HeldWire())).isFalse();
        assertThat(done).isNotDone();

        answer.complete(reply(200, "{}"));

        assertThat(done.get(5, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody()).isInstanceOf(BedrockWire.Reply.class);
    }

    @Test
    void anotherStatus_isAFailureOfTheTable() throws Exception {
        begin(new HeldWire());

        answer.complete(reply(429, "{\"message\":\"Too many\"}"));

        done.get(5, TimeUnit.SECONDS);
        LlmException failure = exchange.getException(LlmException.class);
        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.providerCode()).isEqualTo("ThrottlingException");
    }

    @Test
    void aBrokenCall_keepsItsFailure() throws Exception {
        begin(new HeldWire());
        IllegalStateException broken = new IllegalStateException("broken");

        answer.completeExceptionally(broken);

        done.get(5, TimeUnit.SECONDS);
        assertThat(exchange.getException()).isSameAs(broken);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"output\":{\"message\":{\"content\":[{\"text\":\"Hi\"}]}},\"usage\":{\"inputTokens\":7,\"outputTokens\":2}}",
                "{\"output\":{},\"usage\":{\"inputTokens\":7,\"outputTokens\":2}}"
            })
    void withoutAWorker_theCallIsOverloaded_andBooked(String body) throws Exception {
        TrunkCall call = call();
        begin(new HeldWire());
        workers.close();

        answer.complete(reply(200, body));

        done.get(5, TimeUnit.SECONDS);
        assertThat(exchange.getException(LlmException.class).kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(call.usage()).isEqualTo(Usage.of(7L, 2L));
        assertThat(call.isPaid()).isTrue();
    }

    @Test
    void withoutAWorker_aRefusalCostsNothing() throws Exception {
        TrunkCall call = call();
        begin(new HeldWire());
        workers.close();

        answer.complete(reply(429, "{}"));

        done.get(5, TimeUnit.SECONDS);
        assertThat(exchange.getException(LlmException.class).kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(call.isPaid()).isFalse();
    }

    private TrunkCall call() {
        TrunkCall call = new TrunkCall(
                "id", new Cancellation(), MessageBefore.of(exchange), Duration.ofSeconds(60), System::nanoTime);
        exchange.setProperty(ExchangeKeys.CALL, call);
        call.request(LlmRequest.ofPrompt("Hi").build());
        ResolvedModel model = TestTrunk.resolver().resolve(TestTrunk.UNKNOWN_ID);
        call.resolved(model, ModelFormats.of(model.model(), call.request()));
        return call;
    }

    @Test
    void aWireThatRefusesAtOnce_endsTheStepAtOnce() {
        IllegalArgumentException refused = new IllegalArgumentException("no");

        boolean sync = begin(new HeldWire() {
            @Override
            public CompletableFuture<Reply> send(Call call) {
                throw refused;
            }
        });

        assertThat(sync).isTrue();
        assertThat(done).isDone();
        assertThat(exchange.getException()).isSameAs(refused);
    }
}
