package dev.caravan.provider.bedrock;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.Identity;
import software.amazon.awssdk.identity.spi.TokenIdentity;

/**
 * The wire over Vert.x's HTTP client: the SDK's signer, no client of the SDK's. The caller's thread resolves the
 * credentials and signs; the future completes on an event loop, so what follows it must not block.
 *
 * <p>A call that AWS refused because the local clock is wrong is signed by AWS's time and sent once more: a refused
 * signature is no model call. The difference is remembered. A stream is sent anew likewise: a refusal comes before any frame.
 */
final class VertxBedrockWire implements BedrockWire {
    private static final long MAX_REPLY_BYTES = 64L * 1024 * 1024;
    private static final Set<String> EXPIRED = Set.of("ExpiredTokenException", "ExpiredToken", "RequestExpired");

    private final HttpClient client;
    private final WireExchange.Peer peer;
    private final CallSigner signer;
    private final IdentitySource identities;
    private final ClockSkew skew;
    private final ContextInternal[] contexts;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param client closed with the wire
     * @param identities closed with the wire
     * @param clock signs
     */
    VertxBedrockWire(
            Vertx vertx, HttpClient client, URI endpoint, String region, IdentitySource identities, Clock clock) {
        this.client = client;
        this.signer = new CallSigner(endpoint, region);
        this.peer = new WireExchange.Peer(
                client,
                endpoint.getHost().replaceAll("[\\[\\]]", ""),
                signer.port(),
                "https".equalsIgnoreCase(endpoint.getScheme()),
                MAX_REPLY_BYTES);
        this.identities = identities;
        this.skew = new ClockSkew(clock);
        // Contexts of our own: a caller that waits on a worker context would else hold up its own reply.
        this.contexts = IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(i -> ((VertxInternal) vertx).createEventLoopContext())
                .toArray(ContextInternal[]::new);
    }

    @Override
    public CompletableFuture<Reply> send(Call call) {
        WireOutcome.Whole outcome = new WireOutcome.Whole();
        start(call, outcome);
        return outcome.result();
    }

    @Override
    public CompletableFuture<Stream> open(Call call, Silence silence) {
        StreamOpening outcome = new StreamOpening(silence);
        start(call, outcome);
        return outcome.result();
    }

    private void start(Call call, WireOutcome outcome) {
        long begin = System.nanoTime();
        if (closed) {
            outcome.failed(SdkClientException.create("The wire to Bedrock is closed"));
            return;
        }
        Identity identity;
        CallSigner.Signed signed;
        Clock signedBy = skew.clock();
        try {
            CallCheck.check(call);
            identity = identities.resolve();
            signed = signer.sign(call, identity, signedBy);
        } catch (RuntimeException e) {
            outcome.failed(e);
            return;
        }
        Duration left = call.timeout().minusNanos(System.nanoTime() - begin);
        if (left.isNegative() || left.isZero()) {
            outcome.failed(ApiCallTimeoutException.builder()
                    .message("No time was left to call Bedrock after resolving the credentials")
                    .build());
            return;
        }
        ContextInternal context = contexts[Math.floorMod(next.getAndIncrement(), contexts.length)];
        new WireExchange(peer, context, call.body(), outcome)
                .start(signed, reply -> signAgain(call, identity, reply, signedBy), left, call.cancellation());
    }

    private CallSigner.Signed signAgain(Call call, Identity identity, Reply reply, Clock signedBy) {
        if (reply.status() / 100 != 4 || identity instanceof TokenIdentity) {
            return null;
        }
        if (skew.learn(reply, signedBy)) {
            return signer.sign(call, identity, skew.clock());
        }
        if (EXPIRED.contains(String.valueOf(ErrorReply.of(reply).code()))) {
            identities.expired(identity);
        }
        return null;
    }

    @Override
    public void close() {
        closed = true;
        client.close();
        identities.close();
    }
}
