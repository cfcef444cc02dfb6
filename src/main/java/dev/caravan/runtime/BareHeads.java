package dev.caravan.runtime;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.core.http.impl.HttpServerRequestWrapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Answers HEAD with the head alone, and with the {@code Content-Length} that GET gives. Vert.x sends the body too over HTTP/2,
 * which is an error of the protocol there, and leaves the length out over HTTP/1.1.
 */
public final class BareHeads {
    private BareHeads() {}

    /** The same handler, whose answers to HEAD are bare whatever it writes. */
    public static Handler<HttpServerRequest> of(Handler<HttpServerRequest> handler) {
        return request -> handler.handle(
                request.method().equals(HttpMethod.HEAD) ? new Head((HttpServerRequestInternal) request) : request);
    }

    private static final class Head extends HttpServerRequestWrapper {
        private final HttpServerResponse bare;

        Head(HttpServerRequestInternal request) {
            super(request);
            HttpServerResponse response = request.response();
            bare = (HttpServerResponse) Proxy.newProxyInstance(
                    HttpServerResponse.class.getClassLoader(),
                    new Class<?>[] {HttpServerResponse.class},
                    (proxy, method, arguments) -> called(response, proxy, method, arguments));
        }

        @Override
        public HttpServerResponse response() {
            return bare;
        }
    }

    private static Object called(HttpServerResponse response, Object proxy, Method method, Object[] arguments)
            throws Throwable {
        Object result = switch (method.getName()) {
            case "write" -> told(Future.succeededFuture(), arguments);
            case "end", "send" -> {
                length(response, arguments);
                yield told(response.end(), arguments);
            }
            case "sendFile" -> told(response.end(), arguments);
            default -> passedOn(response, method, arguments);
        };
        Class<?> type = method.getReturnType();
        if (type == void.class) {
            return null;
        }
        return result == response || type == HttpServerResponse.class ? proxy : result;
    }

    private static Object passedOn(HttpServerResponse response, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(response, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void length(HttpServerResponse response, Object[] arguments) {
        int status = response.getStatusCode();
        int length = arguments == null ? -1 : length(arguments);
        if (length >= 0
                && status != 204
                && status != 304
                && !response.headWritten()
                && !response.isChunked()
                && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
        }
    }

    /** -1 when only who writes it knows. */
    private static int length(Object[] arguments) {
        if (arguments[0] instanceof Buffer body) {
            return body.length();
        }
        if (arguments[0] instanceof String body) {
            boolean named = arguments.length > 1 && arguments[1] instanceof String;
            return body.getBytes(named ? Charset.forName((String) arguments[1]) : StandardCharsets.UTF_8).length;
        }
        return -1;
    }

    @SuppressWarnings("unchecked")
    private static Future<Void> told(Future<Void> done, Object[] arguments) {
        if (arguments != null && arguments[arguments.length - 1] instanceof Handler<?> handler) {
            done.onComplete((Handler<AsyncResult<Void>>) handler);
        }
        return done;
    }
}
