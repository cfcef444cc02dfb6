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
    private final boolean loopbackOnly;

    /**
     * @param origins origins that may call
     * @param keysNeeded whether an API key is asked for, which no foreign page has
     * @param host the address that the server listens on
     */
    WebPageGuard(List<String> origins, boolean keysNeeded, String host) {
        this.origins = Set.copyOf(origins);
        this.keysNeeded = keysNeeded;
        this.loopbackOnly = Authority.isLoopback(host);
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        List<String> given = request.headers().getAll(ORIGIN);
        String origin = given.isEmpty() ? null : given.get(0);
        boolean listed = given.size() == 1 && origins.contains(origin);
        boolean own = given.size() == 1 && isOwn(origin, request);
        answerOrigin(ctx.response(), listed ? origin : null);
        boolean preflight = origin != null
                && request.method().equals(HttpMethod.OPTIONS)
                && request.getHeader("Access-Control-Request-Method") != null;
        boolean foreignPage = origin != null && !listed && !own;
        boolean foreignName = loopbackOnly && !hostIsLoopback(request);
        if (foreignPage && (preflight || !keysNeeded) || foreignName && !keysNeeded) {
            Failures.send(ctx, forbidden(foreignPage));
        } else if (preflight) {
            answerPreflight(ctx);
        } else {
            ctx.next();
        }
    }

    private static LlmException forbidden(boolean foreignPage) {
        return LlmException.of(
                ErrorKind.FORBIDDEN,
                foreignPage
                        ? "Web pages of this origin may not call. Add it to caravan.http.cors."
                        : "This server is for this machine only, and the Host of the request is another name.");
    }

    private void answerOrigin(HttpServerResponse response, String listed) {
        if (!origins.isEmpty()) {
            response.putHeader("Vary", ORIGIN);
        }
        if (listed != null) {
            response.putHeader("Access-Control-Allow-Origin", listed);
            response.putHeader("Access-Control-Expose-Headers", EXPOSED);
        }
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

    private static boolean hostIsLoopback(HttpServerRequest request) {
        boolean loopback = request.headers().getAll("Host").stream().allMatch(Authority::isLoopback);
        return loopback
                && (request.authority() == null
                        || Authority.isLoopback(request.authority().toString()));
    }
}
