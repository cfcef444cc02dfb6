package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that break, or tell a failure. */
class WireStreamFailuresTest extends WireStreamTestBase {
    @Test
    void connectionThatBreaksBeforeTheHeadIsUnavailable() throws Exception {
        BedrockWire wire = wire(new ScriptedUpstream(ScriptedUpstream.Connection::request));

        LlmException failure = openingFailure(wire, PATIENT, LONG);

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void endWithinAFrameIsAFailure() throws Exception {
        byte[] half = Arrays.copyOf(STOP, STOP.length / 2);

        FrameCollector collector = read(
                wire(new ScriptedUpstream(connection -> {
                    connection.request();
                    connection.head();
                    connection.parts(HELLO, half);
                    connection.end();
                })),
                PATIENT);

        expect(failure(collector), ErrorKind.PROVIDER_ERROR, Retry.BACKOFF, "cut off");
        assertThat(collector.frames).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionThatBreaksIsAFailure_andWhatCameIsRead(boolean reset) throws Exception {
        AtomicBoolean read = new AtomicBoolean();
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO, STOP);
            if (reset) {
                await().untilTrue(read);
                connection.reset();
            }
        }));
        FrameCollector collector = new FrameCollector(2, 0);
        stream(wire, PATIENT, LONG).frames().subscribe(collector);
        await().until(() -> collector.frames.size() == 2);
        read.set(true);
        collector.subscription.request(1);

        expect(failure(collector), ErrorKind.PROVIDER_UNAVAILABLE, Retry.BACKOFF, "broke");
        assertThat(collector.frames).hasSize(2);
    }

    @Test
    void framesBeforeABreakAreReadByASlowSubscriber() throws Exception {
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO, HELLO, HELLO, STOP);
        }));
        FrameCollector collector = new FrameCollector(1, 0);
        stream(wire, PATIENT, LONG).frames().subscribe(collector);
        for (int i = 1; i <= 4; i++) {
            int frames = i;
            await().until(() -> collector.frames.size() == frames);
            collector.subscription.request(1);
        }

        expect(failure(collector), ErrorKind.PROVIDER_UNAVAILABLE, Retry.BACKOFF, "broke");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 60, -1})
    void damagedFrameIsAFailure(int at) throws Exception {
        byte[] damaged = Frames.damaged(STOP, at < 0 ? STOP.length - 1 : at);
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO, damaged);
            connection.stall();
        });

        FrameCollector collector = read(wire(upstream), PATIENT);

        expect(failure(collector), ErrorKind.PROVIDER_ERROR, Retry.BACKOFF, "damaged");
        assertThat(collector.frames).hasSize(1);
        await().until(() -> upstream.closedByClient() == 1);
    }

    @Test
    void exceptionFramePassesAsItCame() throws Exception {
        FrameCollector collector = read(
                wire(new ScriptedUpstream(connection -> {
                    connection.request();
                    connection.head();
                    connection.parts(HELLO, Frames.exception("throttlingException", "{\"message\":\"Slow down\"}"));
                    connection.end();
                })),
                PATIENT);

        assertThat(collector.failure()).isNull();
        assertThat(catchThrowable(() -> StreamEvent.of(collector.frames.get(1))))
                .hasMessage("Slow down");
    }
}
