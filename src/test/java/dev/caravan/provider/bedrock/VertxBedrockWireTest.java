package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.BedrockTestServer;
import dev.caravan.support.WireSettings;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.AbortedException;

class VertxBedrockWireTest extends WireTestBase {
    private static final Duration LONG = Duration.ofSeconds(10);

    @ParameterizedTest
    @CsvSource({
        "INVOKE,anthropic.claude-3-haiku-20240307-v1:0,/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke",
        "CONVERSE,arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x-v1:0,"
                + "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x-v1%3A0/converse",
        "COUNT_TOKENS,a b_~é,/model/a%20b_~%C3%A9/count-tokens"
    })
    void modelIdIsOnePathLabel(BedrockWire.Operation operation, String id, String path) throws Exception {
        send(open(settings().build()), new BedrockWire.Call(operation, id, JSON, new byte[] {'{', '}'}, LONG, null));

        assertThat(server.last().method()).isEqualTo("POST");
        assertThat(server.last().uri()).isEqualTo(path);
    }

    @Test
    void callIsSignedForTheRegionAndServiceBedrock() throws Exception {
        send(open(settings().env("AWS_SESSION_TOKEN", "session").build()), call("{}"));

        BedrockTestServer.Seen seen = server.last();
        assertThat(seen.header("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                .contains("/eu-west-1/bedrock/aws4_request")
                .contains("host")
                .contains("x-amz-content-sha256")
                .contains("x-amz-security-token");
        assertThat(seen.header("X-Amz-Security-Token")).isEqualTo("session");
        assertThat(seen.header("Host")).isEqualTo("127.0.0.1:" + server.port());
        assertThat(seen.header("Content-Length")).isEqualTo("2");
        assertThat(seen.header("User-Agent")).startsWith("caravan/");
        assertThat(seen.headers().getAll("Content-Type")).containsExactly("application/json");
        assertThat(seen.headers().getAll("Host")).hasSize(1);
    }

    @Test
    void bearerTokenWinsOverKeys() throws Exception {
        send(open(settings().env("AWS_BEARER_TOKEN_BEDROCK", "token-1").build()), call("{}"));

        assertThat(server.last().header("Authorization")).isEqualTo("Bearer token-1");
        assertThat(server.last().headers().contains("X-Amz-Date")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 70_000, 3_000_000})
    void bytesPassUnchangedBothWays(int size) throws Exception {
        byte[] out = new byte[size];
        byte[] back = new byte[size];
        new Random(size).nextBytes(out);
        new Random(-size).nextBytes(back);
        server.answer(BedrockTestServer.answering(200, Map.of("X-Amzn-Bedrock-Input-Token-Count", "7"), back));

        BedrockWire.Reply reply = send(open(settings().build()), call(MODEL, out, LONG, null));

        assertThat(server.last().body()).isEqualTo(out);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(back);
        assertThat(reply.header("x-amzn-bedrock-input-token-count")).isEqualTo("7");
    }

    @Test
    void chunkedReplyIsGathered() throws Exception {
        server.answer(request -> {
            request.response().setChunked(true).write("{\"a\":");
            request.response().end("1}");
        });

        assertThat(send(open(settings().build()), call("{}")).body()).asString().isEqualTo("{\"a\":1}");
    }

    @Test
    void replyOverTheLimitIsRefused() throws Exception {
        server.answer(request -> {
            request.response().setChunked(true);
            Buffer part = Buffer.buffer(new byte[1 << 20]);
            for (int i = 0; i < 70; i++) {
                request.response().write(part);
            }
            request.response().end();
        });

        LlmException failure = failure(open(settings().build()), call("{}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure).hasMessageContaining("longer than");
    }

    @Test
    void connectionsAreKept() throws Exception {
        BedrockProvider provider = open(settings().build());
        for (int i = 0; i < 5; i++) {
            send(provider, call("{}"));
        }

        assertThat(server.seen()).hasSize(5);
        assertThat(server.closedConnections()).isZero();
    }

    @Test
    void totalTimeoutEndsTheCallAndItsConnection() throws Exception {
        server.answer(request -> {});

        LlmException failure =
                failure(open(settings().build()), call(MODEL, new byte[0], Duration.ofMillis(150), null));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        await().until(() -> server.closedConnections() == 1);
    }

    @Test
    void totalTimeoutCoversASlowBody() throws Exception {
        server.answer(request -> request.response().setChunked(true).write("{"));

        LlmException failure =
                failure(open(settings().build()), call(MODEL, new byte[0], Duration.ofMillis(300), null));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
    }

    @Test
    void refusedConnectionIsUnavailable() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        LlmException failure = failure(
                open(settings().endpoint(URI.create("http://127.0.0.1:" + free)).build()), call("{}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void unknownHostIsUnavailable() throws Exception {
        LlmException failure = failure(
                open(settings()
                        .endpoint(URI.create("http://no-such-host.invalid"))
                        .build()),
                call("{}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void connectTimeoutMayBeTriedAgain() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> queue = fill(full);
            LlmException failure = failure(
                    open(settings()
                            .endpoint(URI.create("http://127.0.0.1:" + full.getLocalPort()))
                            .connect(Duration.ofMillis(200))
                            .build()),
                    call("{}"));
            for (Socket socket : queue) {
                socket.close();
            }

            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
            assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
        }
    }

    /** Connects until the backlog is full and the kernel answers no more. */
    static List<Socket> fill(ServerSocket server) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 100);
            } catch (java.net.SocketTimeoutException e) {
                break;
            }
        }
        return sockets;
    }

    @Test
    void resetConnectionIsUnavailable() throws Exception {
        server.answer(request -> request.connection().close());

        LlmException failure = failure(open(settings().build()), call("{}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
    }

    @Test
    void cancellationClosesTheUpstreamConnection() throws Exception {
        server.answer(request -> {});
        Cancellation cancellation = new Cancellation();
        CompletableFuture<BedrockWire.Reply> reply =
                open(settings().build()).wire().send(call(MODEL, new byte[0], LONG, cancellation));
        await().until(() -> server.seen().size() == 1);

        cancellation.cancel();

        await().until(() -> server.closedConnections() == 1);
        assertThat(reply).isCompletedExceptionally();
        assertThat(reply.handle((r, e) -> e).get()).isInstanceOf(AbortedException.class);
    }

    @Test
    void callThatIsCancelledBeforehandIsNotSent() throws Exception {
        BedrockProvider provider = open(settings().build());
        send(provider, call("{}"));
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        LlmException failure = failure(provider, call(MODEL, new byte[0], LONG, cancellation));

        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void fullPoolSaysOverloaded() throws Exception {
        server.answer(request -> {});
        BedrockProvider provider = open(settings().maxConcurrent(1).build());
        Cancellation all = new Cancellation();
        CompletableFuture<BedrockWire.Reply> first = provider.wire().send(call(MODEL, new byte[0], LONG, all));
        await().until(() -> server.seen().size() == 1);
        CompletableFuture<BedrockWire.Reply> queued = provider.wire().send(call(MODEL, new byte[0], LONG, all));

        await().untilAsserted(() -> assertThat(failure(provider, call(MODEL, new byte[0], Duration.ofMillis(300), all))
                        .kind())
                .isEqualTo(ErrorKind.OVERLOADED));
        all.cancel();
        await().until(() -> first.isDone() && queued.isDone());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u0000b", "ümlaut", "a\tb"})
    void headerValueThatCouldInjectIsRefused(String value) throws Exception {
        BedrockWire.Call call = new BedrockWire.Call(
                BedrockWire.Operation.INVOKE,
                MODEL,
                Map.of("X-Amzn-Bedrock-Request-Metadata", value),
                new byte[0],
                LONG,
                null);

        LlmException failure = failure(open(settings().build()), call);

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure.getMessage()).contains("X-Amzn-Bedrock-Request-Metadata");
        assertThat(server.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "authorization", "Content-Length", "X-Evil\r\nA", "", "X-Amz-Date"})
    void headerNameOfTheWiresOwnIsRefused(String name) throws Exception {
        BedrockWire.Call call =
                new BedrockWire.Call(BedrockWire.Operation.INVOKE, MODEL, Map.of(name, "x"), new byte[0], LONG, null);

        assertThat(failure(open(settings().build()), call).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void idThatIsNoIdIsRefused(String id) throws Exception {
        assertThat(failure(open(settings().build()), call(id, new byte[0], LONG, null))
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @Test
    void wrongClockIsLearntFromTheRefusal() throws Exception {
        Instant aws = Instant.parse("2026-03-01T12:00:00Z");
        Clock tenMinutesLate = Clock.fixed(aws.minusSeconds(600), ZoneOffset.UTC);
        server.answer(request -> {
            boolean right = request.getHeader("X-Amz-Date").startsWith("20260301T1200");
            request.response()
                    .putHeader(
                            "Date",
                            DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.ofInstant(aws, ZoneOffset.UTC)))
                    .putHeader("x-amzn-ErrorType", "InvalidSignatureException:http://x/")
                    .setStatusCode(right ? 200 : 403)
                    .end("{\"message\":\"Signature expired: 20260301T115000Z is now earlier than …\"}");
        });
        BedrockProvider provider = open(settings().build(), tenMinutesLate);

        assertThat(send(provider, call("{\"n\":1}")).status()).isEqualTo(200);
        assertThat(server.seen()).hasSize(2);
        assertThat(server.last().body()).isEqualTo("{\"n\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(send(provider, call("{}")).status()).isEqualTo(200);
        assertThat(server.seen()).as("the difference is remembered").hasSize(3);
    }

    @Test
    void refusedSignatureWithARightClockIsSentOnce() throws Exception {
        Clock clock = Clock.systemUTC();
        server.answer(request -> request.response()
                .putHeader(
                        "Date",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)))
                .putHeader("x-amzn-ErrorType", "InvalidSignatureException")
                .setStatusCode(403)
                .end("{\"message\":\"The request signature we calculated does not match\"}"));

        assertThat(send(open(settings().build(), clock), call("{}")).status()).isEqualTo(403);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void expiredCredentialsAreReadAnewForTheNextCall(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(
                dir.resolve("credentials"), "[default]\naws_access_key_id = OLD\naws_secret_access_key = s\n");
        BedrockProvider provider = open(settings()
                .noKeys()
                .env("AWS_SHARED_CREDENTIALS_FILE", file.toString())
                .build());
        server.answer(403, "ExpiredTokenException", "{\"message\":\"The security token included is expired\"}");
        assertThat(send(provider, call("{}")).status()).isEqualTo(403);
        Files.writeString(file, "[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n");

        send(provider, call("{}"));

        assertThat(server.seen().get(0).header("Authorization")).contains("Credential=OLD/");
        assertThat(server.last().header("Authorization")).contains("Credential=NEW/");
    }

    @Test
    void tokenThatNoHeaderCanCarryFailsAtOnce() throws Exception {
        BedrockProvider provider = open(
                settings().env("AWS_BEARER_TOKEN_BEDROCK", "a\r\nX-Evil: 1").build());

        assertThat(failure(provider, call("{}")).retry()).isEqualTo(Retry.NEVER);
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void missingCredentialsNameWhatWasLookedFor() throws Exception {
        LlmException failure =
                failure(open(new WireSettings().noKeys().endpoint(server.uri()).build()), call("{}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
        assertThat(failure.getMessage()).contains("AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK", "profile");
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void embeddedTargetUsesItsOwnKeysOnly() throws Exception {
        BedrockProvider provider = keep(BedrockProvider.open(
                new WireSettings()
                        .env("AWS_BEARER_TOKEN_BEDROCK", "token")
                        .env("HTTP_PROXY", "http://127.0.0.1:1")
                        .build(),
                BedrockTarget.embedded(server.uri(), "EMBEDDED", new dev.caravan.config.Secret("s")),
                vertx,
                Clock.systemUTC()));

        send(provider, call("{}"));

        assertThat(provider.emulated()).isTrue();
        assertThat(provider.name()).isEqualTo("bedrock");
        assertThat(server.last().header("Authorization")).contains("Credential=EMBEDDED/");
    }

    @Test
    void closedWireSendsNothing() throws Exception {
        BedrockProvider provider = open(settings().build());
        provider.close();

        assertThat(failure(provider, call("{}")).retry()).isEqualTo(Retry.NEVER);
        assertThat(server.seen()).isEmpty();
    }
}
