package dev.caravan.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Says that the connection ends with this answer, and ends it: where a long body is still to come that nobody
 * wants, and where the door is closing. The rest is read for a moment, because a connection that is closed with
 * unread data is reset, and the client may never see the answer.
 */
final class EarlyAnswer {
    private static final long SHORT_BODY = 64 * 1024;
    private static final long NO_ERROR = 0;

    private EarlyAnswer() {}

    /** To be called before an answer's head is written. */
    static void prepare(RoutingContext ctx) {
        RequestScope scope = RequestScope.of(ctx);
        if (longBodyComes(ctx.request())) {
            scope.last();
        }
        if (scope.isLast() && ctx.request().version() != HttpVersion.HTTP_2) {
            ctx.response().putHeader("Connection", "close");
        }
    }

    /** To be called when the answer has ended. */
    static void finish(RoutingContext ctx, HttpLimits limits) {
        HttpServerRequest request = ctx.request();
        HttpConnection connection = request.connection();
        boolean last = RequestScope.of(ctx).isLast();
        if (request.version() == HttpVersion.HTTP_2) {
            if (!request.isEnded() && ctx.response().ended()) {
                endUpload(ctx, limits);
            }
            if (last) {
                connection.shutdown(limits.receive().toMillis(), TimeUnit.MILLISECONDS);
            }
        } else if (last && (request.isEnded() || ctx.response().closed())) {
            connection.close();
        } else if (last) {
            readOn(ctx, limits);
        }
    }

    /** Asks the client of a stream to stop sending (RFC 9113, 8.1). */
    private static void endUpload(RoutingContext ctx, HttpLimits limits) {
        ctx.vertx().setTimer(limits.linger().toMillis(), id -> {
            if (!ctx.request().isEnded()) {
                ctx.response().reset(NO_ERROR);
            }
        });
    }

    private static void readOn(RoutingContext ctx, HttpLimits limits) {
        HttpConnection connection = ctx.request().connection();
        long timer = ctx.vertx().setTimer(limits.linger().toMillis(), id -> connection.close());
        ctx.request().exceptionHandler(gone -> ctx.vertx().cancelTimer(timer));
        ctx.request().handler(rest -> {}).endHandler(end -> {
            ctx.vertx().cancelTimer(timer);
            connection.close();
        });
    }

    private static boolean longBodyComes(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2 || request.isEnded()) {
            return false;
        }
        return request.getHeader("Transfer-Encoding") != null
                || request.getHeader("Expect") != null
                || BodyReader.declaredLength(request) > SHORT_BODY;
    }
}
