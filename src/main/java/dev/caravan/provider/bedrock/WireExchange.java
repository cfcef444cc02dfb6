package dev.caravan.provider.bedrock;

import dev.caravan.error.LlmException;
import dev.caravan.runtime.Cancellation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One call on its way: sends, gathers the reply, and ends once, by the reply, a failure, the time or a cancellation.
 * All state belongs to one event loop.
 */
final class WireExchange {
    /** Where the calls of a wire go. */
    record Peer(HttpClient client, String host, int port, boolean tls, long maxReplyBytes) {}

    private static final int OK = 200;

    private final Peer peer;
    private final ContextInternal context;
    private final Buffer body;
    private final CompletableFuture<BedrockWire.Reply> result = new CompletableFuture<>();
    /** Signed anew after a reply that asks for it, else null; asked once. */
    private Function<BedrockWire.Reply, CallSigner.Signed> again;

    private HttpClientRequest current;
    /** The current request's reply, from its head to its end. */
    private Arriving arriving;

    private Cancellation.Registration registration;
    private long timer = -1;
    private boolean ended;

    WireExchange(Peer peer, ContextInternal context, byte[] body) {
        this.peer = peer;
        this.context = context;
        this.body = Buffer.buffer(body);
    }

    /**
     * Starts the call.
     *
     * @param signed what is sent
     * @param signAgain given a reply, another request to send in its place, or null to take it; asked at most once
     */
    CompletableFuture<BedrockWire.Reply> start(
            CallSigner.Signed signed,
            Function<BedrockWire.Reply, CallSigner.Signed> signAgain,
            Duration timeout,
            Cancellation cancellation) {
        again = signAgain;
        context.runOnContext(started -> {
            timer = context.setTimer(
                    Math.max(1, timeout.toMillis()),
                    fired -> fail(ApiCallTimeoutException.builder()
                            .message("No whole reply from Bedrock within " + timeout.toMillis() + " ms")
                            .build()));
            Runnable cancelled = () -> context.runOnContext(run -> fail(cancelled()));
            registration = cancellation == null ? () -> {} : cancellation.onCancel(cancelled);
            if (cancellation != null && cancellation.isCancelled()) {
                fail(cancelled());
            } else {
                guarded(() -> send(signed));
            }
        });
        return result;
    }

    private static RuntimeException cancelled() {
        return AbortedException.create("The call was cancelled");
    }

    private void send(CallSigner.Signed signed) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(peer.host())
                .setPort(peer.port())
                .setSsl(peer.tls())
                .setURI(signed.path())
                .setHeaders(signed.headers());
        peer.client().request(options).onComplete(made -> {
            if (made.failed()) {
                fail(broken(made.cause()));
            } else if (ended) {
                discard(made.result());
            } else {
                current = made.result();
                exchange(current);
            }
        });
    }

    /** An exception on the event loop would else leave the caller waiting for the time to be up. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            fail(SdkClientException.create("The call to Bedrock could not be sent", e));
        }
    }

    private static void discard(HttpClientRequest request) {
        request.exceptionHandler(reset -> {});
        request.reset();
    }

    private void exchange(HttpClientRequest request) {
        request.exceptionHandler(cause -> failFrom(request, cause));
        request.send(body).onComplete(answered -> {
            if (answered.failed()) {
                failFrom(request, answered.cause());
            } else if (!ended) {
                read(request, answered.result());
            }
        });
    }

    private void read(HttpClientRequest request, HttpClientResponse response) {
        arriving = new Arriving(response, new ReplyBody(response.getHeader("content-length"), peer.maxReplyBytes()));
        response.exceptionHandler(cause -> failFrom(request, cause));
        if (arriving.body().isTooLong()) {
            breakOff(BrokenReply.tooLong(peer.maxReplyBytes()));
            return;
        }
        response.handler(part -> {
            if (arriving != null && !arriving.body().add(part)) {
                breakOff(BrokenReply.tooLong(peer.maxReplyBytes()));
            }
        });
        response.endHandler(end -> {
            if (arriving != null) {
                replied(arriving.reply());
            }
        });
    }

    /** The rest of a reply is not to be had: a 200 has failed then, while an error has said enough by its status. */
    private void breakOff(LlmException failure) {
        HttpClientRequest broken = current;
        if (arriving.response().statusCode() == OK) {
            fail(failure);
        } else {
            replied(arriving.reply());
            broken.reset();
        }
    }

    private void replied(BedrockWire.Reply reply) {
        if (ended) {
            return;
        }
        current = null;
        arriving = null;
        guarded(() -> take(reply));
    }

    private void take(BedrockWire.Reply reply) {
        CallSigner.Signed other = again.apply(reply);
        if (other == null) {
            end();
            result.complete(reply);
        } else {
            again = second -> null;
            send(other);
        }
    }

    /** A reply whose head is there. */
    private record Arriving(HttpClientResponse response, ReplyBody body) {
        BedrockWire.Reply reply() {
            return new BedrockWire.Reply(response.statusCode(), headers(response), body.bytes());
        }
    }

    private static Map<String, List<String>> headers(HttpClientResponse response) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        response.headers()
                .forEach((name, value) ->
                        headers.merge(name.toLowerCase(Locale.ROOT), List.of(value), WireExchange::joined));
        return headers;
    }

    private static List<String> joined(List<String> first, List<String> more) {
        return Stream.concat(first.stream(), more.stream()).toList();
    }

    /** A request that was answered and replaced has no say any more. */
    private void failFrom(HttpClientRequest request, Throwable cause) {
        if (ended || request != current) {
            return;
        }
        if (arriving == null) {
            fail(broken(cause));
        } else {
            breakOff(BrokenReply.brokeOff(cause));
        }
    }

    private static SdkClientException broken(Throwable cause) {
        return SdkClientException.create("No reply from Bedrock: " + cause.getMessage(), cause);
    }

    private void fail(RuntimeException failure) {
        if (ended) {
            return;
        }
        end();
        if (current != null) {
            current.reset();
        }
        result.completeExceptionally(failure);
    }

    private void end() {
        ended = true;
        if (timer >= 0) {
            context.owner().cancelTimer(timer);
        }
        if (registration != null) {
            registration.close();
        }
    }
}
