package dev.caravan.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/** The door's router as Camel's consumers look for it; they read bodies by the door's own handler. */
final class CamelRouter extends VertxPlatformHttpRouter {
    private final Handler<RoutingContext> bodyReader;

    CamelRouter(Vertx vertx, Router router, String name, Handler<RoutingContext> bodyReader) {
        super(null, vertx, router, name);
        this.bodyReader = bodyReader;
    }

    @Override
    public Handler<RoutingContext> bodyHandler() {
        return bodyReader;
    }
}
