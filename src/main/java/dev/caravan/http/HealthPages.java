package dev.caravan.http;

import dev.caravan.observe.Health;
import dev.caravan.runtime.Json;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/** {@code /observe/health}, {@code /live} and {@code /ready} below it, on both ports. */
final class HealthPages {
    private final Health health;

    private HealthPages(Health health) {
        this.health = health;
    }

    static void install(Router router, Health health) {
        HealthPages pages = new HealthPages(health);
        pages.route(router, Paths.HEALTH, pages.health::all);
        pages.route(router, Paths.HEALTH + "/live", pages.health::live);
        pages.route(router, Paths.HEALTH + "/ready", pages.health::ready);
    }

    private void route(Router router, String path, Supplier<Health.Page> page) {
        Handler<RoutingContext> handler = ctx -> ctx.vertx()
                .executeBlocking(page::get, false)
                .onSuccess(result -> answer(ctx, result))
                .onFailure(failure -> Failures.send(ctx, failure));
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    private static void answer(RoutingContext ctx, Health.Page page) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        EarlyAnswer.prepare(ctx);
        ctx.response()
                .setStatusCode(page.up() ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(Json.write(page.body())));
    }
}
