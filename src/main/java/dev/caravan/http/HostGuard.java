package dev.caravan.http;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * On a loopback address: refuses a request whose Host is another name. Else a web page whose name was pointed at this
 * machine (DNS rebinding) could read what is here.
 */
final class HostGuard implements Handler<RoutingContext> {
    private final boolean loopbackOnly;

    /** @param host the address that the server listens on */
    HostGuard(String host) {
        this.loopbackOnly = Authority.isLoopback(host);
    }

    @Override
    public void handle(RoutingContext ctx) {
        if (refuses(ctx.request())) {
            Failures.send(ctx, forbidden());
        } else {
            ctx.next();
        }
    }

    boolean refuses(HttpServerRequest request) {
        return loopbackOnly && !namesLoopback(request);
    }

    static LlmException forbidden() {
        return LlmException.of(
                ErrorKind.FORBIDDEN,
                "This server is for this machine only, and the Host of the request is another name.");
    }

    private static boolean namesLoopback(HttpServerRequest request) {
        for (String host : request.headers().getAll("Host")) {
            if (!Authority.isLoopback(host)) {
                return false;
            }
        }
        return request.authority() == null
                || Authority.isLoopback(request.authority().toString());
    }
}
