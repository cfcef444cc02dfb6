package dev.caravan.http;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Answers what no route does: unknown paths, wrong methods, requests that cannot be routed, and bugs. */
final class Fallbacks {
    private final Router router;
    private final Consumer<RoutingContext> begin;

    private Fallbacks(Router router, Consumer<RoutingContext> begin) {
        this.router = router;
        this.begin = begin;
    }

    /** @param begin makes sure that the request has a scope, for what fails before the first guard */
    static void install(Router router, Consumer<RoutingContext> begin) {
        Fallbacks fallbacks = new Fallbacks(router, begin);
        router.errorHandler(400, fallbacks::unroutable);
        router.errorHandler(404, fallbacks::unknown);
        router.errorHandler(405, fallbacks::wrongMethod);
        router.errorHandler(415, fallbacks::wrongType);
        router.errorHandler(500, fallbacks::failed);
        router.errorHandler(503, fallbacks::timedOut);
    }

    private void unroutable(RoutingContext ctx) {
        begin.accept(ctx);
        Failures.send(ctx, LlmException.invalid("The request's path or Host header can't be read."));
    }

    private void unknown(RoutingContext ctx) {
        begin.accept(ctx);
        Failures.send(ctx, LlmException.of(ErrorKind.NOT_FOUND, "There is nothing at this path."));
    }

    /** A route that names what it consumes has refused. */
    private void wrongType(RoutingContext ctx) {
        begin.accept(ctx);
        Failures.send(ctx, LlmException.of(ErrorKind.UNSUPPORTED_MEDIA_TYPE, "This path takes other content types."));
    }

    /** A route with a request timeout of its own has used it up. */
    private void timedOut(RoutingContext ctx) {
        begin.accept(ctx);
        Failures.send(ctx, Failures.overloaded("This took longer than the route allows."));
    }

    private void wrongMethod(RoutingContext ctx) {
        begin.accept(ctx);
        String allowed = allowed(ctx.normalizedPath());
        ctx.response().putHeader("Allow", allowed);
        if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
            ctx.response().setStatusCode(204).end();
            return;
        }
        Failures.send(ctx, LlmException.of(ErrorKind.METHOD_NOT_ALLOWED, "This path takes " + allowed + " only."));
    }

    private String allowed(String path) {
        return router.getRoutes().stream()
                .filter(route -> Paths.matches(pattern(route), path))
                .map(Route::methods)
                .filter(Objects::nonNull)
                .flatMap(methods -> methods.stream().map(HttpMethod::name))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The path as it was registered: Vert.x keeps the star of {@code /v1/models/*} apart. */
    private static String pattern(Route route) {
        return route.getPath() == null || route.isExactPath() ? route.getPath() : route.getPath() + "*";
    }

    private void failed(RoutingContext ctx) {
        begin.accept(ctx);
        Throwable failure = ctx.failure();
        Failures.send(ctx, failure == null ? new IllegalStateException("failed without a cause") : failure);
    }
}
