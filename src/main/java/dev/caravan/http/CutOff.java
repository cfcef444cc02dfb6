package dev.caravan.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends a request that can't be answered (any more): on HTTP/2 its stream, else its connection. */
final class CutOff {
    private CutOff() {}

    /**
     * Ends it. The response's {@code reset()} is not for HTTP/1: it closes the connection, but tells no handler, so
     * that the request would never be over.
     */
    static void of(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }

    /** Ends its connection though its client takes nothing any more: an orderly close would wait until all is written. */
    static void atOnce(HttpServerRequest request) {
        ((ConnectionBase) request.connection()).channelHandlerContext().close();
    }
}
