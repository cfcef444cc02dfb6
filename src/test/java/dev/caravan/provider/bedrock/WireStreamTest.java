package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.Frames;
import dev.caravan.support.ScriptedUpstream;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;

/** How a streamed call begins. */
class WireStreamTest extends WireStreamTestBase {
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
    void wrongClockIsLearntFromTheRefusalOfAStream() throws Exception {
        Instant aws = Instant.parse("2026-03-01T12:00:00Z");
        server.answer(request -> {
            boolean right = request.getHeader("X-Amz-Date").startsWith("20260301T1200");
            request.response()
                    .putHeader(
                            "Date",
                            DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.ofInstant(aws, ZoneOffset.UTC)))
                    .putHeader("x-amzn-ErrorType", "InvalidSignatureException:http://x/")
                    .putHeader("Content-Type", "application/vnd.amazon.eventstream; charset=binary")
                    .setStatusCode(right ? 200 : 403)
                    .end(
                            right
                                    ? Buffer.buffer(STOP)
                                    : Buffer.buffer("{\"message\":\"Signature expired: now earlier\"}"));
        });
        Clock tenMinutesLate = Clock.fixed(aws.minusSeconds(600), ZoneOffset.UTC);

        FrameCollector collector = read(open(settings().build(), tenMinutesLate).wire(), PATIENT);

        assertThat(collector.failure()).isNull();
        assertThat(collector.frames).hasSize(1);
        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void callThatIsCancelledBeforehandIsNotSent() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThat(open(settings().build()).wire().open(call(LONG, cancellation), PATIENT))
                .failsWithin(LONG)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(AbortedException.class);
        assertThat(server.seen()).isEmpty();
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
}
