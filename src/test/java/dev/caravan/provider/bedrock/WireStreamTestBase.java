package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.provider.bedrock.BedrockWire.Silence;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Streamed calls of a wire, and what comes of them. */
abstract class WireStreamTestBase extends WireTestBase {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(200);
    static final Silence PATIENT = new Silence(LONG, LONG);
    static final byte[] HELLO = Frames.event("contentBlockDelta", "{\"delta\":{\"text\":\"Hello\"}}");
    static final byte[] STOP = Frames.event("messageStop", "{\"stopReason\":\"end_turn\"}");

    BedrockWire wire(ScriptedUpstream upstream) {
        return open(settings().endpoint(keep(upstream).uri()).maxConcurrent(1).build())
                .wire();
    }

    static BedrockWire.Call call(Duration timeout, Cancellation cancellation) {
        return new BedrockWire.Call(
                BedrockWire.Operation.CONVERSE_STREAM, MODEL, JSON, new byte[] {'{', '}'}, timeout, cancellation);
    }

    static BedrockWire.Stream stream(BedrockWire wire, Silence silence, Duration timeout) throws Exception {
        return wire.open(call(timeout, null), silence).get(20, TimeUnit.SECONDS);
    }

    static FrameCollector read(BedrockWire wire, Silence silence) throws Exception {
        FrameCollector collector = FrameCollector.oneByOne();
        stream(wire, silence, LONG).frames().subscribe(collector);
        return collector;
    }

    static LlmException failure(FrameCollector collector) throws Exception {
        Throwable failure = collector.failure();
        assertThat(collector.faults).isEmpty();
        assertThat(failure).isInstanceOf(LlmException.class);
        return (LlmException) failure;
    }

    static LlmException openingFailure(BedrockWire wire, Silence silence, Duration timeout) {
        Throwable failure = catchThrowable(() -> stream(wire, silence, timeout));
        assertThat(failure).isInstanceOf(ExecutionException.class);
        return BedrockErrors.toLlm(failure.getCause());
    }

    static void expect(LlmException failure, ErrorKind kind, Retry retry, String words) {
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure).hasMessageContaining(words);
    }
}
