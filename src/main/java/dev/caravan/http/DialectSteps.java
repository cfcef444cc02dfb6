package dev.caravan.http;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.dialect.Dialect;
import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.TypesOnly;
import dev.caravan.trunk.ExchangeKeys;
import io.vertx.core.buffer.Buffer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of an HTTP door that know a dialect: read the request, write the reply, write the failure. */
public final class DialectSteps {
    private static final Logger LOG = LoggerFactory.getLogger(DialectSteps.class);
    private static final String JSON = "application/json";

    private final Dialect dialect;

    public DialectSteps(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Body in: the request's bytes; body out: {@link LlmRequest}. When it asks for that, the answer becomes a stream from
     * here on.
     */
    public Processor readRequest() {
        return exchange -> {
            byte[] body = exchange.getMessage().getBody(byte[].class);
            LlmRequest request = dialect.read(body == null ? new byte[0] : body);
            if (request.stream()) {
                EventStream.begin(exchange, dialect);
            }
            exchange.getMessage().setBody(request);
        };
    }

    /** Body in: {@link LlmReply}; body out: its JSON, status 200. Of a stream the reply stays, as its last event. */
    public Processor writeReply() {
        return exchange -> {
            LlmReply reply = exchange.getMessage().getMandatoryBody(LlmReply.class);
            if (EventStream.active(exchange) != null) {
                return;
            }
            answer(exchange, 200, JSON, Json.write(dialect.write(reply)));
        };
    }

    /** Writes the failure that was caught in the dialect's form; of a stream that has begun it is the last event. */
    public Processor writeProblem() {
        return exchange -> {
            Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
            String requestId = exchange.getProperty(ExchangeKeys.REQUEST_ID, String.class);
            LlmException failure = Problem.visible(caught);
            EventStream stream = EventStream.active(exchange);
            if (stream != null) {
                stream.failed(caught);
            }
            if (failure.kind() == ErrorKind.INTERNAL) {
                LOG.error("Request {} failed: {}", requestId, TypesOnly.of(caught));
            }
            answer(
                    exchange,
                    failure.kind().status(),
                    dialect.problemType(),
                    Json.write(dialect.write(failure, requestId)));
            Long retryAfter = Problem.retryAfterSeconds(failure);
            if (retryAfter != null) {
                exchange.getMessage().setHeader("Retry-After", retryAfter.toString());
            }
        };
    }

    /** A Vert.x buffer leaves as it is; a byte array would be pumped as a stream by more threads. */
    private static void answer(Exchange exchange, int status, String contentType, byte[] body) {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, contentType);
        message.setBody(Buffer.buffer(body));
    }
}
