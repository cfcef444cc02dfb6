package dev.caravan.provider.bedrock;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.impl.ContextInternal;
import java.util.function.Consumer;

/** The body of a reply, read part by part as it is asked for. Belongs to one event loop. */
final class StreamBody {
    private final ContextInternal context;
    private final HttpClientRequest request;
    private final HttpClientResponse response;
    /** A part is asked for and has not come. */
    private boolean reading;
    /** The body has come to its own end, and its connection may carry another call by now. */
    private boolean ended;

    /** @param response whose head came just now: nothing is read of it until it is asked for */
    StreamBody(ContextInternal context, HttpClientRequest request, HttpClientResponse response) {
        this.context = context;
        this.request = request;
        this.response = response;
        response.pause();
    }

    void onParts(Consumer<Buffer> parts, Runnable end) {
        response.handler(part -> {
            reading = false;
            parts.accept(part);
        });
        response.endHandler(none -> {
            ended = true;
            end.run();
        });
    }

    /** Asks for one more part, or the end; once until it is there. */
    void read() {
        if (!reading) {
            reading = true;
            response.fetch(1);
        }
    }

    /** Takes all that waits in the client's queue, of a connection that is no more. */
    void readRest(Runnable then) {
        response.resume();
        context.runOnContext(drained -> then.run());
    }

    /**
     * Resets the call, unless its body has arrived whole and waits in the client's queue: the connection is back in the
     * pool then, and a reset would end the call that it carries now.
     */
    void discard() {
        if (ended) {
            return;
        }
        onParts(part -> {}, () -> {});
        readRest(() -> {
            if (!ended) {
                request.reset();
            }
        });
    }
}
