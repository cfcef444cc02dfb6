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
import java.util.function.Function;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One call on its way: sends, gathers the reply, and ends once, by the reply, a failure, the time or a cancellation. A
 * body that its outcome takes itself stays under the time and the cancellation until the outcome ends the exchange. All
 * state belongs to one event loop.
 */
final class WireExchange {
    /** Where the calls of a wire go. */
    record Peer(HttpClient client, String host, int port, boolean tls, long maxReplyBytes) {}

    private static final int OK = 200;

    private final Peer peer;
    private final ContextInternal context;
    private final Buffer body;
    private final WireOutcome outcome;
    /** Signed anew after a reply that asks for it, else null; asked once. */
    private Function<BedrockWire.Reply, CallSigner.Signed> again;

    private HttpClientRequest current;
    /** The current request's reply, from its head to its end. */
    private ArrivingReply arriving;
    /** Whether the outcome reads the current request's reply. */
    private boolean taken;

    private Cancellation.Registration registration;
    private long timer = -1;
    private boolean ended;

    WireExchange(Peer peer, ContextInternal context, byte[] body, WireOutcome outcome) {
        this.peer = peer;
        this.context = context;
        this.body = Buffer.buffer(body);
        this.outcome = outcome;
    }

    /** Where all of it runs. */
    ContextInternal context() {
        return context;
    }

    /**
     * Starts the call.
     *
     * @param signed what is sent
     * @param signAgain given a reply, another request to send in its place, or null to take it; asked at most once
     */
    void start(
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
        outcome.sending(this);
        request.send(body).onComplete(answered -> {
            if (answered.failed()) {
                failFrom(request, answered.cause());
            } else if (!ended) {
                read(request, answered.result());
            }
        });
    }

    private void read(HttpClientRequest request, HttpClientResponse response) {
        // Vert.x tells it on the connection's event loop, which need not be this one.
        response.exceptionHandler(cause -> context.execute(cause, told -> failFrom(request, told)));
        taken = outcome.takesBody(this, request, response);
        if (!taken) {
            gather(response);
        }
    }

    private void gather(HttpClientResponse response) {
        arriving = ArrivingReply.of(response, peer.maxReplyBytes());
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

    /** Waits no longer: for a reply that has begun as an error takes it as it is, else fails. */
    void giveUp(LlmException failure) {
        if (arriving == null) {
            fail(failure);
        } else {
            breakOff(failure);
        }
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
            outcome.replied(reply);
        } else {
            again = second -> null;
            send(other);
        }
    }

    /** A request that was answered and replaced has no say any more. */
    private void failFrom(HttpClientRequest request, Throwable cause) {
        if (ended || request != current) {
            return;
        }
        if (taken) {
            outcome.broke(cause);
        } else if (arriving == null) {
            fail(broken(cause));
        } else {
            breakOff(BrokenReply.brokeOff(cause));
        }
    }

    private static SdkClientException broken(Throwable cause) {
        return SdkClientException.create("No reply from Bedrock: " + cause.getMessage(), cause);
    }

    void fail(RuntimeException failure) {
        if (ended) {
            return;
        }
        end();
        if (current != null && !taken) {
            current.reset();
        }
        outcome.failed(failure);
    }

    /** Ends the time and the cancellation. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (timer >= 0) {
            context.owner().cancelTimer(timer);
        }
        if (registration != null) {
            registration.close();
        }
    }
}
