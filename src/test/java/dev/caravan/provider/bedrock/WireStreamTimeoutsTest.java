package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.provider.bedrock.BedrockWire.Silence;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are late, or silent. */
class WireStreamTimeoutsTest extends WireStreamTestBase {
    @Test
    void totalTimeoutBeforeTheHeadNamesItsSetting() throws Exception {
        BedrockWire wire = wire(new ScriptedUpstream(connection -> {
            connection.request();
            connection.stall();
        }));

        expect(openingFailure(wire, PATIENT, SHORT), ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, "caravan.timeout.total");
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
        ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
            connection.request();
            connection.head();
            connection.parts(Frames.prelude(20_000_000, 0));
            for (int i = 16; i < 20_000_000; i++) {
                connection.parts(new byte[] {1});
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
}
