package dev.caravan.http;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.dialect.Dialect;
import dev.caravan.dialect.EventWriter;
import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.TypesOnly;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.PartSink;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that is given out as it comes, as the events of a dialect. The door offers one with each exchange; it is of no
 * effect until {@link #begin(Exchange, Dialect)}. The exchange then ends as ever, with a reply as its body or with a
 * failure, and {@link #finish} tells the client which.
 */
final class EventStream implements PartSink {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final String KEY = "CaravanEventStream";

    private final RoutingContext ctx;
    private final Context loop;
    private final StreamTimes times;
    private volatile EventWriter events;
    private volatile StreamBody body;
    private volatile boolean begun;
    private volatile Throwable failure;

    /** @param loop the request's own event loop */
    EventStream(RoutingContext ctx, Context loop, StreamTimes times) {
        this.ctx = ctx;
        this.loop = loop;
        this.times = times;
    }

    static void offer(Exchange exchange, EventStream stream) {
        exchange.setProperty(KEY, stream);
    }

    /**
     * Makes the exchange's answer a stream.
     *
     * @throws LlmException {@code invalid_request} when the exchange did not come in by the door
     */
    static void begin(Exchange exchange, Dialect dialect) {
        EventStream stream = exchange.getProperty(KEY, EventStream.class);
        if (stream == null) {
            throw LlmException.invalid("stream: this way in gives answers when they are whole; leave it out.");
        }
        stream.begin(dialect.events());
        exchange.setProperty(ExchangeKeys.PART_SINK, stream);
    }

    /** Makes a stream of the answer of an exchange that came in by the door, and is done but for its parts. */
    static EventStream begun(Exchange exchange, EventWriter writer) {
        EventStream stream = exchange.getProperty(KEY, EventStream.class);
        stream.begin(writer);
        return stream;
    }

    /** The stream that the exchange's answer has become; null when it hasn't. */
    static EventStream active(Exchange exchange) {
        EventStream stream = exchange.getProperty(KEY, EventStream.class);
        return stream == null || stream.body == null ? null : stream;
    }

    private void begin(EventWriter writer) {
        if (body == null) {
            events = writer;
            body = new StreamBody(ctx, loop, times, writer);
            body.begin();
        }
    }

    @Override
    public void begin(StreamStart start) {
        begun = true;
        body.keep(events.start(start), start.emulated());
    }

    @Override
    public void part(Part part, int answer) {
        body.give(events.part(part, answer));
    }

    @Override
    public boolean ready(Runnable resume) {
        return body.ready(resume);
    }

    /** A step has caught this failure; it is told when the exchange ends, unless the route goes on to a reply. */
    void failed(Throwable caught) {
        failure = caught;
    }

    /**
     * The exchange is over. On the request's event loop.
     *
     * @return false when nothing has been given out and nothing is to be: the answer is like any other's then
     */
    boolean finish(Exchange exchange) {
        body.endPings();
        Object answer = exchange.getMessage().getBody();
        if (exchange.getException() == null && answer instanceof LlmReply reply) {
            if (!begun) {
                whole(reply);
            }
            body.end(events.end(reply));
            return true;
        }
        if (!body.begun()) {
            return false;
        }
        RequestScope scope = RequestScope.of(ctx);
        Throwable cause = failure(exchange);
        LlmException visible = Problem.visible(cause);
        if (visible.kind() == ErrorKind.INTERNAL && cause != failure) {
            LOG.error("Request {} failed: {}", scope.id(), TypesOnly.of(cause));
        }
        if (!body.gone()) {
            scope.failed(visible.kind().code());
        }
        body.end(events.error(visible, scope.id()));
        return true;
    }

    /** A reply that came by another way than the trunk's. */
    private void whole(LlmReply reply) {
        begin(new StreamStart(reply.id(), reply.model(), reply.provider(), reply.emulated()));
        Part.whole(reply.reasoning(), reply.text(), reply.toolCalls()).forEach(part -> part(part, 1));
    }

    private Throwable failure(Exchange exchange) {
        if (exchange.getException() != null) {
            return ExchangeAnswer.known(exchange, exchange.getException());
        }
        if (failure != null) {
            return failure;
        }
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return caught != null ? caught : new IllegalStateException("a route gave parts of an answer, but no reply");
    }
}
