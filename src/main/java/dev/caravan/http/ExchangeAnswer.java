package dev.caravan.http;

import dev.caravan.chat.LlmReply;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.TypesOnly;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an exchange's outcome as the answer: status from {@code CamelHttpResponseCode}, body String, Vert.x
 * Buffer or {@link LlmReply} (as the JSON of Caravan's own API), and of the headers only those of the list. A header
 * that came in is not on it, so nothing is echoed.
 */
final class ExchangeAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeAnswer.class);
    private static final List<String> HEADERS =
            List.of("Content-Type", "Retry-After", "Allow", "Cache-Control", "WWW-Authenticate");
    private static final String OWN_HEADERS = "X-Caravan-";
    private static final String JSON = "application/json";
    private static final int NO_CONTENT = 204;

    private ExchangeAnswer() {}

    /** Ends the stream that the answer has become; does nothing when a step has written the answer itself. */
    static void write(RoutingContext ctx, Exchange exchange) {
        EventStream stream = EventStream.active(exchange);
        if (stream != null && stream.finish(exchange)) {
            return;
        }
        HttpServerResponse response = ctx.response();
        Exception failure = exchange.getException();
        boolean nobodyTakesIt = response.ended() || response.closed();
        if (failure != null
                && nobodyTakesIt
                && RequestScope.of(ctx).cancellation().isCancelled()) {
            LOG.debug("A request failed after its client had left: {}", TypesOnly.of(failure));
            return;
        }
        if (failure != null) {
            Failures.send(ctx, known(exchange, failure));
            return;
        }
        if (nobodyTakesIt || response.headWritten()) {
            return;
        }
        Message message = exchange.getMessage();
        Buffer body = body(message.getBody());
        int status = status(message, body);
        copyHeaders(message, response, body != null);
        EarlyAnswer.prepare(ctx);
        response.setStatusCode(status);
        if (status >= 400) {
            RequestScope.of(ctx).failed(code(exchange));
        }
        if (body == null) {
            response.end();
        } else {
            response.end(body);
        }
    }

    /** A failure of ours may have an earlier one of ours as its cause, which knows less; Camel finds the innermost. */
    static Exception known(Exchange exchange, Exception failure) {
        LlmException within = failure instanceof LlmException ? null : exchange.getException(LlmException.class);
        return within == null ? failure : within;
    }

    private static Buffer body(Object body) {
        if (body == null) {
            return null;
        }
        if (body instanceof Buffer buffer) {
            return buffer;
        }
        if (body instanceof String text) {
            return Buffer.buffer(text);
        }
        if (body instanceof LlmReply reply) {
            return Buffer.buffer(Json.write(ReplyWriter.write(reply)));
        }
        // The failure's message is not logged (a message may quote the body), its type is all that may be.
        LOG.error(
                "A route ended with a body of the type {}; it must be text, a Vert.x Buffer, or a reply or stream of Caravan's",
                body.getClass().getName());
        throw new IllegalStateException("a route ended with a body that cannot be written");
    }

    private static int status(Message message, Buffer body) {
        Object status = message.getHeader(Exchange.HTTP_RESPONSE_CODE);
        if (status == null) {
            return body == null ? NO_CONTENT : 200;
        }
        int code = Integer.parseInt(status.toString());
        if (code < 200 || code > 599) {
            throw new IllegalStateException("a route must end with a status from 200 to 599, not " + code);
        }
        return code;
    }

    private static void copyHeaders(Message message, HttpServerResponse response, boolean hasBody) {
        if (hasBody) {
            response.putHeader("Content-Type", JSON);
        }
        for (String name : HEADERS) {
            put(response, name, message.getHeader(name));
        }
        for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
            if (header.getKey().regionMatches(true, 0, OWN_HEADERS, 0, OWN_HEADERS.length())) {
                put(response, header.getKey(), header.getValue());
            }
        }
    }

    private static void put(HttpServerResponse response, String name, Object value) {
        if (value != null) {
            response.putHeader(name, value.toString());
        }
    }

    /** A route that caught a failure and wrote its answer itself has left it on the exchange. */
    private static String code(Exchange exchange) {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return caught instanceof LlmException known ? known.kind().code() : null;
    }
}
