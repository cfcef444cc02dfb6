package dev.caravan.http;

import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.TypesOnly;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers with a failure, as problem+json unless the path has a form of its own. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static LlmException overloaded(String message) {
        return LlmException.of(ErrorKind.OVERLOADED, message);
    }

    /** Answers, unless an answer is under way; what is a bug is logged under the request's id. */
    static void send(RoutingContext ctx, Throwable failure) {
        RequestScope scope = RequestScope.of(ctx);
        LlmException visible = Problem.visible(failure);
        if (visible.kind() == ErrorKind.INTERNAL) {
            LOG.error("Request {} failed: {}", scope.id(), TypesOnly.of(failure));
        }
        scope.failed(visible.kind().code());
        HttpServerResponse response = ctx.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            CutOff.of(ctx.request());
            return;
        }
        EarlyAnswer.prepare(ctx);
        write(response, visible, scope.id(), scope.errorForms().forPath(Paths.of(ctx)));
    }

    static void write(HttpServerResponse response, LlmException failure, String requestId, ErrorBody form) {
        response.setStatusCode(failure.kind().status());
        response.putHeader("Content-Type", form.contentType());
        Long retryAfter = Problem.retryAfterSeconds(failure);
        if (retryAfter != null) {
            response.putHeader("Retry-After", retryAfter.toString());
        }
        response.end(Buffer.buffer(Json.write(form.write(failure, requestId))));
    }
}
