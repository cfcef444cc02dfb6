package dev.caravan.provider.bedrock;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.concurrent.CompletableFuture;

/** Takes what becomes of a call, on the exchange's event loop but for a call that never got there. */
interface WireOutcome {
    /** The request leaves now; it may be a second one, signed anew. */
    default void sending(WireExchange exchange) {}

    /**
     * The head of a reply is there.
     *
     * @return whether the outcome takes the body itself and will end the exchange; else it is gathered
     */
    default boolean takesBody(WireExchange exchange, HttpClientRequest request, HttpClientResponse response) {
        return false;
    }

    /** The connection broke under a body that was taken; the exchange goes on until the outcome ends it. */
    default void broke(Throwable cause) {}

    /** The whole reply; the last word. */
    void replied(BedrockWire.Reply reply);

    /** The last word. A request whose body was taken is the outcome's to reset. */
    void failed(RuntimeException failure);

    /** A reply in one piece. */
    final class Whole implements WireOutcome {
        private final CompletableFuture<BedrockWire.Reply> result = new CompletableFuture<>();

        CompletableFuture<BedrockWire.Reply> result() {
            return result;
        }

        @Override
        public void replied(BedrockWire.Reply reply) {
            result.complete(reply);
        }

        @Override
        public void failed(RuntimeException failure) {
            result.completeExceptionally(failure);
        }
    }
}
