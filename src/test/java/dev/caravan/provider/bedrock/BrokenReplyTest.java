package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.caravan.config.Settings.Transport;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.support.RawUpstream;
import dev.caravan.support.RawUpstream.End;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Upstreams that stop in the middle; how they do it must not change what the caller is told. */
class BrokenReplyTest extends WireTestBase {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final int TIMES = 5;

    private LlmException failure(RawUpstream upstream, Transport transport) {
        BedrockProvider provider =
                open(settings().endpoint(upstream.uri()).transport(transport).build());
        InvokeModelRequest request = InvokeModelRequest.builder()
                .modelId(MODEL)
                .body(SdkBytes.fromUtf8String("{}"))
                .build();
        return BedrockErrors.toLlm(catchThrowable(() -> provider.client().invokeModel(request)));
    }

    @ParameterizedTest
    @CsvSource({"WIRE,FIN", "WIRE,RST", "WIRE,LATE_FIN", "SDK,FIN", "SDK,LATE_FIN"})
    void aReplyThatBreaksOffIsPaidForAndNotRetried(Transport transport, End end) throws Exception {
        for (String body : new String[] {
            "Content-Length: 100\r\n\r\n{\"half\":",
            "Content-Length: 100\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\n",
            "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"ha"
        }) {
            try (RawUpstream upstream = new RawUpstream(OK + body, end)) {
                for (int i = 0; i < TIMES; i++) {
                    LlmException failure = failure(upstream, transport);

                    // What the kernel threw away with the reset was no reply.
                    assertThat(failure.kind()).isIn(ErrorKind.PROVIDER_ERROR, whenLost(end));
                    if (failure.kind() == ErrorKind.PROVIDER_ERROR) {
                        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
                        assertThat(failure).hasMessageContaining("broke off");
                    }
                }
            }
        }
    }

    private static ErrorKind whenLost(End end) {
        return end == End.RST ? ErrorKind.PROVIDER_UNAVAILABLE : ErrorKind.PROVIDER_ERROR;
    }

    @ParameterizedTest
    @CsvSource({"WIRE,FIN", "WIRE,RST", "WIRE,LATE_FIN", "SDK,FIN", "SDK,RST", "SDK,LATE_FIN"})
    void aConnectionThatBreaksBeforeAnyReplyIsTriedAgain(Transport transport, End end) throws Exception {
        for (String start : new String[] {"", "HTTP/1.1 200 OK\r\nContent-"}) {
            try (RawUpstream upstream = new RawUpstream(start, end)) {
                LlmException failure = failure(upstream, transport);

                // The SDK's client takes half a head for a whole one.
                if (transport == Transport.WIRE || start.isEmpty()) {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
                    assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"503,PROVIDER_UNAVAILABLE,BACKOFF", "429,PROVIDER_THROTTLED,BACKOFF", "403,PROVIDER_ACCESS_DENIED,NEVER"
    })
    void anErrorThatBreaksOffCountsByItsStatus(int status, ErrorKind kind, Retry retry) throws Exception {
        String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: 100\r\n\r\n{\"message\":";
        try (RawUpstream upstream = new RawUpstream(answer, End.FIN)) {
            LlmException failure = failure(upstream, Transport.WIRE);

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.retry()).isEqualTo(retry);
        }
    }

    @Test
    void aLengthOverTheLimitIsRefusedAtOnce() throws Exception {
        try (RawUpstream upstream = new RawUpstream(OK + "Content-Length: 99999999999\r\n\r\n{", End.NEVER)) {
            LlmException failure = failure(upstream, Transport.WIRE);

            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
            assertThat(failure.retry()).isEqualTo(Retry.NEVER);
            assertThat(failure).hasMessageContaining("longer than 67108864 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "Content-Length: 5\r\n\r\n{\"a\":\"VERY SECRET reply\"} x y\r\n",
                OK + "Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nX: VERY SECRET\r\n\r\n",
                "VERY SECRET no HTTP\r\n\r\n",
                OK + "Content-Length: 50\r\n\r\n{",
                ""
            })
    void nothingThatAnUpstreamSaysIsLogged(String answer) throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (RawUpstream upstream = new RawUpstream(answer, End.RST)) {
            BedrockProvider provider = open(settings().endpoint(upstream.uri()).build());
            for (int i = 0; i < TIMES; i++) {
                provider.wire()
                        .send(call("{}"))
                        .handle((reply, failure) -> null)
                        .get();
            }
            await().until(() -> upstream.requests() > 0);
        } finally {
            System.setErr(stderr);
        }

        assertThat(log.toString(StandardCharsets.UTF_8))
                .doesNotContain("SECRET")
                .doesNotContain("ERROR");
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aTypeThatIsNoWordIsNotPassedOn(Transport transport) throws Exception {
        for (String type : new String[] {"x".repeat(65), "a b", "<script>", "Ünsafe"}) {
            String answer = "HTTP/1.1 400 X\r\nx-amzn-ErrorType: " + type + "\r\nContent-Length: 2\r\n\r\n{}";
            try (RawUpstream upstream = new RawUpstream(answer, End.FIN)) {
                assertThat(failure(upstream, transport).providerCode()).isNull();
            }
        }
    }
}
