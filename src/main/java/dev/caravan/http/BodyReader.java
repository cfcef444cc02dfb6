package dev.caravan.http;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/**
 * The last guard before a route: reads the body up to the limit and in time. That of the API must be JSON; a route at a
 * path of the user's own takes any. Vert.x's own handler would take curl's default content type for a form and lose the
 * text.
 */
final class BodyReader implements Handler<RoutingContext> {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int FIRST_BUFFER = 64 * 1024;
    private static final long NONE = -1;

    private final long maxBody;
    private final HttpLimits limits;

    BodyReader(long maxBody, HttpLimits limits) {
        this.maxBody = maxBody;
        this.limits = limits;
    }

    /** The Content-Length; 0 when there is none or it is no number. */
    static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        if (length == null) {
            return 0;
        }
        try {
            return Long.parseLong(length.trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!takesBody(request.method())) {
            RequestScope.of(ctx).body(null, false);
            ctx.next();
            return;
        }
        String type = mediaType(request.getHeader("Content-Type"));
        String encoding = request.getHeader("Content-Encoding");
        if (declaredLength(request) > maxBody) {
            Failures.send(ctx, tooLarge());
        } else if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            Failures.send(ctx, unsupported("A body with a Content-Encoding isn't read."));
        } else if (jsonOnly(ctx) && !isJson(type) && !mayBeJson(type)) {
            Failures.send(ctx, notJson());
        } else {
            if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
                ctx.response().writeContinue();
            }
            new Reading(ctx, type).begin();
        }
    }

    private static boolean jsonOnly(RoutingContext ctx) {
        return Paths.api(Paths.of(ctx));
    }

    private static boolean takesBody(HttpMethod method) {
        return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT) || method.equals(HttpMethod.PATCH);
    }

    private static String mediaType(String header) {
        if (header == null) {
            return "";
        }
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isJson(String type) {
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static boolean mayBeJson(String type) {
        return type.isEmpty() || type.equals(FORM);
    }

    private static boolean beginsWithBrace(Buffer body) {
        int start = body.length() >= 3
                        && body.getByte(0) == (byte) 0xEF
                        && body.getByte(1) == (byte) 0xBB
                        && body.getByte(2) == (byte) 0xBF
                ? 3
                : 0;
        for (int i = start; i < body.length(); i++) {
            byte b = body.getByte(i);
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b == '{';
            }
        }
        return false;
    }

    private LlmException tooLarge() {
        return LlmException.of(
                ErrorKind.PAYLOAD_TOO_LARGE,
                "The body is longer than caravan.http.max-body allows (" + maxBody + " bytes).");
    }

    private static LlmException notJson() {
        return unsupported("The body must be JSON, sent as application/json.");
    }

    private static LlmException unsupported(String message) {
        return LlmException.of(ErrorKind.UNSUPPORTED_MEDIA_TYPE, message);
    }

    /** One body on its way; all on the request's event loop. */
    private final class Reading {
        private final RoutingContext ctx;
        private final String type;
        private final long start = System.nanoTime();
        private final Buffer body;
        private long timer = NONE;
        private boolean over;

        private Reading(RoutingContext ctx, String type) {
            this.ctx = ctx;
            this.type = type;
            this.body = Buffer.buffer((int) Math.min(declaredLength(ctx.request()), FIRST_BUFFER));
        }

        private void begin() {
            ctx.request().exceptionHandler(gone -> stop());
            ctx.request().handler(this::add).endHandler(end -> complete());
            // A body that came with its head needs no timer.
            ctx.vertx().runOnContext(sameTurnIsOver -> {
                if (!over) {
                    checkTime();
                }
            });
        }

        private void add(Buffer part) {
            if (over) {
                return;
            }
            if (body.length() + (long) part.length() > maxBody) {
                stop();
                Failures.send(ctx, tooLarge());
                return;
            }
            body.appendBuffer(part);
        }

        private void complete() {
            if (over) {
                return;
            }
            stop();
            boolean json = isJson(type) || mayBeJson(type) && beginsWithBrace(body);
            if (!json && jsonOnly(ctx)) {
                Failures.send(ctx, notJson());
                return;
            }
            RequestScope.of(ctx).body(body, json);
            ctx.next();
        }

        private void stop() {
            over = true;
            if (timer != NONE) {
                ctx.vertx().cancelTimer(timer);
            }
        }

        private void checkTime() {
            long allowed = limits.receive().toMillis() + body.length() * 1000L / HttpLimits.BODY_BYTES_PER_SECOND;
            long left = allowed - (System.nanoTime() - start) / 1_000_000;
            if (left > 0) {
                timer = ctx.vertx().setTimer(left, id -> checkTime());
                return;
            }
            over = true;
            RequestScope.of(ctx).failed("receive_timeout");
            CutOff.of(ctx.request());
        }
    }
}
