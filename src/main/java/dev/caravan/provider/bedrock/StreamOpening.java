package dev.caravan.provider.bedrock;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A reply that is a stream, from sending to its head; its body then belongs to a {@link FrameStream}. */
final class StreamOpening implements WireOutcome {
    private static final int OK = 200;
    private static final String EVENT_STREAM = "application/vnd.amazon.eventstream";

    private final BedrockWire.Silence silence;
    private final CompletableFuture<BedrockWire.Stream> result = new CompletableFuture<>();
    private Deadline deadline;
    private FrameStream frames;

    StreamOpening(BedrockWire.Silence silence) {
        this.silence = silence;
    }

    CompletableFuture<BedrockWire.Stream> result() {
        return result;
    }

    @Override
    public void sending(WireExchange exchange) {
        if (deadline == null) {
            deadline = new Deadline(exchange.context(), () -> silent(exchange));
        }
        deadline.start(silence.firstByte());
    }

    private void silent(WireExchange exchange) {
        if (frames == null) {
            exchange.giveUp(StreamFailures.noFirstByte());
        } else {
            frames.silent();
        }
    }

    @Override
    public boolean takesBody(WireExchange exchange, HttpClientRequest request, HttpClientResponse response) {
        if (response.statusCode() != OK) {
            return false;
        }
        String contentType = response.getHeader("content-type");
        if (!isEventStream(contentType)) {
            exchange.fail(StreamFailures.noStream(contentType));
            return true;
        }
        frames = new FrameStream(
                exchange, new StreamBody(exchange.context(), request, response), deadline, silence.idle());
        result.complete(new BedrockWire.Stream(null, ArrivingReply.headers(response), frames));
        return true;
    }

    private static boolean isEventStream(String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT).equals(EVENT_STREAM);
    }

    @Override
    public void broke(Throwable cause) {
        frames.broke(cause);
    }

    @Override
    public void replied(BedrockWire.Reply reply) {
        deadline.close();
        result.complete(new BedrockWire.Stream(reply, reply.headers(), null));
    }

    @Override
    public void failed(RuntimeException failure) {
        if (frames != null) {
            frames.fail(BedrockErrors.toLlm(failure));
            return;
        }
        if (deadline != null) {
            deadline.close();
        }
        result.completeExceptionally(failure);
    }
}
