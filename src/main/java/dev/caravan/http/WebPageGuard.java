package dev.caravan.http;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;

/**
 * Lets the web pages of the listed origins call, and keeps other pages from spending the user's money where no API
 * key stops them: by their {@code Origin}, and on a loopback host by a {@code Host} of their own (DNS rebinding).
 */
final class WebPageGuard implements Handler<RoutingContext> {
    private static final String ORIGIN = "Origin";
    private static final String EXPOSED = "X-Request-Id, Retry-After, X-Caravan-Emulated";

    private final Set<String> origins;
    private final boolean keysNeeded;
    private final HostGuard hosts;

    /**
     * @param origins origins that may call
     * @param keysNeeded whether an API key is asked for, which no foreign page has
     * @param host the address that the server listens on
     */
    WebPageGuard(List<String> origins, boolean keysNeeded, String host) {
        this.origins = Set.copyOf(origins);
        this.keysNeeded = keysNeeded;
        this.hosts = new HostGuard(host);
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!origins.isEmpty()) {
            ctx.response().putHeader("Vary", ORIGIN);
        }
        if (!keysNeeded && hosts.refuses(request)) {
            Failures.send(ctx, HostGuard.forbidden());
        } else if (request.headers().contains(ORIGIN)) {
            answerPage(ctx, request.headers().getAll(ORIGIN));
        } else {
            ctx.next();
        }
    }

    private void answerPage(RoutingContext ctx, List<String> given) {
        HttpServerRequest request = ctx.request();
        String origin = given.get(0);
        boolean listed = given.size() == 1 && origins.contains(origin);
        boolean own = given.size() == 1 && isOwn(origin, request);
        boolean preflight = request.method().equals(HttpMethod.OPTIONS)
                && request.getHeader("Access-Control-Request-Method") != null;
        if (listed) {
            allow(ctx.response(), origin);
        }
        if (!listed && !own && (preflight || !keysNeeded)) {
            Failures.send(
                    ctx,
                    LlmException.of(
                            ErrorKind.FORBIDDEN,
                            "Web pages of this origin may not call. Add it to caravan.http.cors."));
        } else if (preflight) {
            answerPreflight(ctx);
        } else {
            ctx.next();
        }
    }

    private static void allow(HttpServerResponse response, String origin) {
        response.putHeader("Access-Control-Allow-Origin", origin);
        response.putHeader("Access-Control-Expose-Headers", EXPOSED);
    }

    private static void answerPreflight(RoutingContext ctx) {
        ctx.response()
                .setStatusCode(204)
                .putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
                // The wildcard never stands for Authorization (Fetch standard, 4.9).
                .putHeader("Access-Control-Allow-Headers", "*, Authorization")
                .putHeader("Access-Control-Max-Age", "600")
                .end();
    }

    private static boolean isOwn(String origin, HttpServerRequest request) {
        if (request.authority() == null) {
            return false;
        }
        String authority = request.authority().toString();
        return origin.equalsIgnoreCase("http://" + authority) || origin.equalsIgnoreCase("https://" + authority);
    }
}
