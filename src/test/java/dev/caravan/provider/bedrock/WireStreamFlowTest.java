package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.provider.bedrock.BedrockWire.Silence;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers that are slow, leave, throw or ask for much. */
class WireStreamFlowTest extends WireStreamTestBase {
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
        stream(wire, new Silence(LONG, SHORT), LONG).frames().subscribe(collector);
        await().until(() -> collector.frames.size() == 1);
        // The idle time of one that waits is over meanwhile.
        ScriptedUpstream silent = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(HELLO);
            connection.stall();
        });
        failure(read(wire(silent), new Silence(LONG, SHORT)));
        assertThat(written.get()).isLessThan(frames);
        assertThat(collector.isOver()).isFalse();
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
