package dev.caravan.http;

import dev.caravan.config.Secret;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Asks for one of the API keys, as {@code Authorization: Bearer} or {@code x-api-key}; without keys all pass. */
final class ApiKeyGuard implements Handler<RoutingContext> {
    private static final String BEARER = "Bearer ";

    private final List<Secret> keys;

    ApiKeyGuard(List<Secret> keys) {
        this.keys = List.copyOf(keys);
    }

    @Override
    public void handle(RoutingContext ctx) {
        if (keys.isEmpty() || Paths.open(ctx.normalizedPath()) || hasKey(ctx)) {
            ctx.next();
            return;
        }
        ctx.response().putHeader("WWW-Authenticate", "Bearer");
        Failures.send(
                ctx,
                LlmException.of(
                        ErrorKind.UNAUTHORIZED,
                        "An API key is needed, as Authorization: Bearer or x-api-key; none came, or a wrong one."));
    }

    private boolean hasKey(RoutingContext ctx) {
        String bearer = ctx.request().getHeader("Authorization");
        boolean isBearer = bearer != null && bearer.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return matches(isBearer ? bearer.substring(BEARER.length()).trim() : null)
                | matches(ctx.request().getHeader("x-api-key"));
    }

    /** Looks at every key, so that the time says nothing about which one was near. */
    private boolean matches(String candidate) {
        if (candidate == null) {
            return false;
        }
        boolean found = false;
        for (Secret key : keys) {
            found |= key.matches(candidate);
        }
        return found;
    }
}
