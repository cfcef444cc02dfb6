package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.provider.bedrock.BedrockWire.Silence;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireStreamTest extends WireTestBase {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Silence PATIENT = new Silence(LONG, LONG);
    private static final byte[] HELLO = Frames.event("contentBlockDelta", "{\"delta\":{\"text\":\"Hello\"}}");
    private static final byte[] STOP = Frames.event("messageStop", "{\"stopReason\":\"end_turn\"}");

    private BedrockWire wire(ScriptedUpstream upstream) {
        return open(settings().endpoint(keep(upstream).uri()).maxConcurrent(1).build())
                .wire();
    }

    private static BedrockWire.Call call(Duration timeout, Cancellation cancellation) {
        return new BedrockWire.Call(
                BedrockWire.Operation.CONVERSE_STREAM, MODEL, JSON, new byte[] {'{', '}'}, timeout, cancellation);
    }

    private static BedrockWire.Stream stream(BedrockWire wire, Silence silence, Duration timeout) throws Exception {
        return wire.open(call(timeout, null), silence).get(20, TimeUnit.SECONDS);
    }

    private static FrameCollector read(BedrockWire wire, Silence silence) throws Exception {
        FrameCollector collector = FrameCollector.oneByOne();
        stream(wire, silence, LONG).frames().subscribe(collector);
        return collector;
    }

    private static LlmException failure(FrameCollector collector) throws Exception {
        Throwable failure = collector.failure();
        assertThat(collector.faults).isEmpty();
        assertThat(failure).isInstanceOf(LlmException.class);
        return (LlmException) failure;
    }

    private static LlmException openingFailure(BedrockWire wire, Silence silence, Duration timeout) {
        Throwable failure = catchThrowable(() -> stream(wire, silence, timeout));
        assertThat(failure).isInstanceOf(ExecutionException.class);
        return BedrockErrors.toLlm(failure.getCause());
    }

    private static void expect(LlmException failure, ErrorKind kind, Retry retry, String words) {
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure).hasMessageContaining(words);
    }

    @Test
    void streamIsSignedAndRead() throws Exception {
        server.answer(request -> request.response()
                .putHeader("Content-Type", "application/vnd.amazon.eventstream")
                .putHeader("x-amzn-RequestId", "req-7")
                .end(Buffer.buffer(Frames.joined(HELLO, STOP))));
        FrameCollector collector = FrameCollector.all();

        BedrockWire.Stream stream = stream(open(settings().build()).wire(), PATIENT, LONG);
        stream.frames().subscribe(collector);

        assertThat(collector.failure()).isNull();
        assertThat(collector.faults).isEmpty();
        assertThat(collector.frames)
                .extracting(frame -> frame.headers().get(":event-type"))
                .containsExactly("contentBlockDelta", "messageStop");
        assertThat(stream.refusal()).isNull();
        assertThat(stream.headers()).containsEntry("x-amzn-requestid", List.of("req-7"));
        assertThat(server.last().uri()).endsWith("/converse-stream");
        assertThat(server.last().header("Authorization")).startsWith("AWS4-HMAC-SHA256");
    }

    @Test
    void otherStatusIsARefusalInOnePiece() throws Exception {
        server.answer(429, "ThrottlingException", "{\"message\":\"Too many requests\"}");

        BedrockWire.Stream stream = stream(open(settings().build()).wire(), PATIENT, LONG);

        assertThat(stream.frames()).isNull();
        assertThat(stream.refusal().status()).isEqualTo(429);
        assertThat(new String(stream.refusal().body(), StandardCharsets.UTF_8)).contains("Too many requests");
    }

    @Test
    void refusalThatStallsCountsByItsStatus() throws Exception {
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.text("HTTP/1.1 503 X\r\nContent-Length: 100\r\n\r\n{");
            connection.stall();
        }));

        assertThat(stream(wire, new Silence(SHORT, LONG), LONG).refusal().status())
                .isEqualTo(503);
    }

    @Test
    void answerThatIsNoEventStreamIsRefused() throws Exception {
        server.answer(request ->
                request.response().putHeader("Content-Type", "text/html").end("<html>"));

        expect(
                openingFailure(open(settings().build()).wire(), PATIENT, LONG),
                ErrorKind.PROVIDER_ERROR,
                Retry.NEVER,
                "text/html");
    }

    @Test
    void twoStreamsShareOneConnection() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            while (true) {
                connection.request();
                connection.head();
                connection.parts(HELLO, STOP);
                connection.end();
            }
        });
        BedrockWire wire = wire(upstream);

        for (int i = 0; i < 2; i++) {
            FrameCollector collector = read(wire, PATIENT);
            assertThat(collector.failure()).isNull();
            assertThat(collector.frames).hasSize(2);
        }
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void streamThatIsWholeButUnread_leavesItsConnectionToTheNext() throws Exception {
        AtomicBoolean second = new AtomicBoolean();
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO, STOP);
            connection.end();
            connection.request();
            connection.head();
            connection.parts(HELLO);
            await().untilTrue(second);
            connection.parts(STOP);
            connection.end();
            connection.stall();
        });
        BedrockWire wire = wire(upstream);
        FrameCollector unread = new FrameCollector(0, 0);
        stream(wire, PATIENT, LONG).frames().subscribe(unread);
        FrameCollector next = read(wire, PATIENT);
        await().until(() -> next.frames.size() == 1);

        unread.subscription.cancel();
        unread.subscription.cancel();
        second.set(true);

        assertThat(next.failure()).isNull();
        assertThat(next.frames).hasSize(2);
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void headThatIsLateRunsIntoTheFirstByteTimeout() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.stall();
        });
        BedrockWire wire = wire(upstream);

        expect(
                openingFailure(wire, new Silence(SHORT, LONG), LONG),
                ErrorKind.PROVIDER_TIMEOUT,
                Retry.NEVER,
                "caravan.timeout.first-byte");
        await().until(() -> upstream.closedByClient() == 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void headWithoutABodyRunsIntoTheFirstByteTimeout(boolean subscribed) throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.stall();
        });
        FrameCollector collector = FrameCollector.all();
        BedrockWire.Stream stream = stream(wire(upstream), new Silence(SHORT, LONG), LONG);
        if (subscribed) {
            stream.frames().subscribe(collector);
        }
        await().until(() -> upstream.closedByClient() == 1);
        if (!subscribed) {
            stream.frames().subscribe(collector);
        }

        expect(failure(collector), ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, "caravan.timeout.first-byte");
    }

    @Test
    void streamThatStallsRunsIntoTheIdleTimeout() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        });

        FrameCollector collector = read(wire(upstream), new Silence(LONG, SHORT));

        expect(failure(collector), ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, "caravan.timeout.idle");
        assertThat(collector.frames).hasSize(1);
        await().until(() -> upstream.closedByClient() == 1);
    }

    @Test
    void bytesThatMakeNoFrameDoNotHoldTheIdleTimeoutBack() throws Exception {
        byte[] large = Frames.event("contentBlockDelta", "{\"x\":\"" + "y".repeat(100_000) + "\"}");
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            for (byte one : large) {
                connection.parts(new byte[] {one});
                LockSupport.parkNanos(1_000_000);
            }
        });

        FrameCollector collector = read(wire(upstream), new Silence(LONG, SHORT));

        expect(failure(collector), ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, "caravan.timeout.idle");
        assertThat(collector.frames).isEmpty();
    }

    @Test
    void totalTimeoutCountsWhileNobodyReads() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        });
        BedrockWire.Stream unread = stream(wire(upstream), PATIENT, Duration.ofMillis(400));
        await().until(() -> upstream.closedByClient() == 1);
        FrameCollector collector = FrameCollector.all();
        unread.frames().subscribe(collector);

        expect(failure(collector), ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, "caravan.timeout.total");
        assertThat(collector.frames).isEmpty();
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

    @Test
    void slowSubscriberStopsTheProvider_andLosesNothing() throws Exception {
        int frames = 2000;
        byte[] large = Frames.event("contentBlockDelta", "{\"x\":\"" + "y".repeat(16_000) + "\"}");
        AtomicLong written = new AtomicLong();
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            for (int i = 0; i < frames; i++) {
                connection.parts(large);
                written.incrementAndGet();
            }
            connection.end();
            connection.stall();
        }));
        FrameCollector collector = new FrameCollector(1, 0);
        // Its idle time is over again and again while it reads nothing.
        stream(wire, new Silence(LONG, SHORT), LONG).frames().subscribe(collector);
        await().until(() -> collector.frames.size() == 1);
        await().during(Duration.ofMillis(600)).until(() -> written.get() < frames && !collector.isOver());
        assertThat(collector.frames).hasSize(1);

        collector.subscription.request(Long.MAX_VALUE);

        assertThat(collector.failure()).isNull();
        assertThat(collector.frames).hasSize(frames);
        assertThat(collector.faults).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscription", "call"})
    void cancelClosesTheConnection(String by) throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        });
        Cancellation cancellation = new Cancellation();
        FrameCollector collector = FrameCollector.oneByOne();
        wire(upstream)
                .open(call(LONG, cancellation), PATIENT)
                .get(20, TimeUnit.SECONDS)
                .frames()
                .subscribe(collector);
        await().until(() -> collector.frames.size() == 1);

        if (by.equals("call")) {
            cancellation.cancel();
            expect(failure(collector), ErrorKind.PROVIDER_UNAVAILABLE, Retry.NEVER, "cancelled");
        } else {
            collector.subscription.cancel();
            collector.subscription.request(1);
        }

        await().atMost(Duration.ofSeconds(1)).until(() -> upstream.closedByClient() == 1);
        assertThat(collector.isOver()).isEqualTo(by.equals("call"));
        assertThat(collector.faults).isEmpty();
    }

    @Test
    void manyFramesInOnePartAreReadOneByOneWithoutDepth() throws Exception {
        int frames = 10_000;
        byte[][] all = new byte[frames][];
        Arrays.fill(all, Frames.frame(Map.of(":event-type", "x"), ""));
        FrameCollector collector = read(
                wire(new ScriptedUpstream(connection -> {
                    connection.request();
                    connection.head();
                    connection.parts(Frames.joined(all));
                    connection.end();
                })),
                PATIENT);

        assertThat(collector.failure()).isNull();
        assertThat(collector.frames).hasSize(frames);
        assertThat(collector.deepest).isEqualTo(1);
    }

    @Test
    void oneSubscriberOnly_andNoRequestOfNothing() throws Exception {
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        }));
        BedrockWire.Stream stream = stream(wire, PATIENT, LONG);
        FrameCollector first = new FrameCollector(0, 0);
        FrameCollector second = FrameCollector.all();
        stream.frames().subscribe(first);
        stream.frames().subscribe(second);

        assertThat(second.failure()).isInstanceOf(IllegalStateException.class);
        await().until(() -> first.subscription != null);
        first.subscription.request(0);
        assertThat(first.failure()).isInstanceOf(IllegalArgumentException.class);
        assertThat(first.frames).isEmpty();
    }

    @Test
    void subscriberThatThrowsIsToldAndItsCallEnds() throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        });
        IllegalStateException bug = new IllegalStateException("a subscriber's bug");
        FrameCollector throwing = new FrameCollector(1, 0) {
            @Override
            public void onNext(BedrockWire.Frame frame) {
                throw bug;
            }
        };
        stream(wire(upstream), PATIENT, LONG).frames().subscribe(throwing);

        assertThat(throwing.failure()).isSameAs(bug);
        await().until(() -> upstream.closedByClient() == 1);
    }

    @Test
    void requestsOfManyThreadsAddUp() throws Exception {
        int frames = 4000;
        byte[][] all = new byte[frames][];
        Arrays.fill(all, HELLO);
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(all);
            connection.end();
        }));
        FrameCollector collector = new FrameCollector(0, 0);
        stream(wire, PATIENT, LONG).frames().subscribe(collector);
        await().until(() -> collector.subscription != null);
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int n = 0; n < frames / 4; n++) {
                    collector.subscription.request(1);
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await().until(() -> collector.frames.size() == frames);
        collector.subscription.request(1);

        assertThat(collector.failure()).isNull();
        assertThat(collector.faults).isEmpty();
    }
}
