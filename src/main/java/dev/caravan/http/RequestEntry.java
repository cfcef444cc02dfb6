package dev.caravan.http;

import dev.caravan.dialect.Problem;
import dev.caravan.error.LlmException;
import dev.caravan.observe.FinishedRequest;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The first guard: gives each request its id and its place among those in work, or refuses it at once when there
 * is none or the door is closing. Health has no need of a place.
 */
final class RequestEntry implements Handler<RoutingContext> {
    /** Header of what the embedded Bedrock answered: all of the API, and of other paths what was made with a call. */
    static final String EMULATED = "X-Caravan-Emulated";

    private static final String DOOR = "http";

    private final RequestIds ids;
    private final InFlight inFlight;
    private final HttpLimits limits;
    private final Consumer<FinishedRequest> finished;
    private final boolean emulated;
    private final ErrorForms errorForms = new ErrorForms();
    private final Set<RequestScope> inWork = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    RequestEntry(
            RequestIds ids,
            InFlight inFlight,
            HttpLimits limits,
            Consumer<FinishedRequest> finished,
            boolean emulated) {
        this.ids = ids;
        this.inFlight = inFlight;
        this.limits = limits;
        this.finished = finished;
        this.emulated = emulated;
    }

    ErrorForms errorForms() {
        return errorForms;
    }

    void stop() {
        stopping = true;
    }

    /** Cancels the work of every request, whose clients are then told. */
    void cancelAll() {
        inWork.forEach(scope -> scope.cancellation().stop());
    }

    /** Ends the connections of all requests that are not over yet. */
    void cutOffAll() {
        inWork.forEach(RequestScope::cutOff);
    }

    @Override
    public void handle(RoutingContext ctx) {
        RequestScope scope = begin(ctx);
        String path = Paths.normalized(ctx);
        if (path == null) {
            Failures.send(ctx, LlmException.invalid("The request's path can't be read."));
            return;
        }
        if (Paths.health(path)) {
            // While it is stopping too: whoever watches must not take a process that still works for a dead one.
            ctx.next();
            return;
        }
        scope.counted(inFlight.tryEnter());
        // Looked at behind the place taken, so that who waits for the door to be idle misses nobody.
        if (stopping) {
            Failures.send(ctx, Failures.overloaded("Caravan is stopping."));
        } else if (scope.counted()) {
            ctx.next();
        } else {
            Failures.send(ctx, Failures.overloaded("Too many requests are in work. Try again in a moment."));
        }
    }

    /** The request's scope, which begins here when it hasn't yet. */
    RequestScope begin(RoutingContext ctx) {
        RequestScope known = RequestScope.of(ctx);
        if (known != null) {
            return known;
        }
        HttpServerRequest request = ctx.request();
        RequestScope scope = scope(request);
        scope.attach(ctx);
        watch(ctx, scope);
        ctx.response().putHeader(RequestIds.HEADER, scope.id());
        if (emulated && Paths.api(Paths.of(ctx))) {
            ctx.response().putHeader(EMULATED, "true");
        }
        return scope;
    }

    /** Tells the scope once that the answer is over: by its end, or by the end of its stream or connection. */
    private void watch(RoutingContext ctx, RequestScope scope) {
        ConnectionWatch watch = ConnectionWatch.of(ctx.request().connection());
        Runnable atClose = () ->
                scope.answerOver(ctx.response().getStatusCode(), !ctx.response().ended());
        watch.requestBegins(atClose);
        Context loop = ctx.vertx().getOrCreateContext();
        scope.onCutOff(() -> loop.runOnContext(now -> CutOff.atOnce(ctx.request())));
        ctx.addEndHandler(over -> {
            atClose.run();
            watch.requestEnds(atClose);
            EarlyAnswer.finish(ctx, limits);
        });
        // In place of the routing context's own: not every exception ends the answer, and all that do close it too.
        ctx.response().exceptionHandler(failure -> unreadableRest(ctx, failure));
    }

    /** A body that is no HTTP is answered while that is possible; Vert.x closes the connection behind it. */
    private static void unreadableRest(RoutingContext ctx, Throwable failure) {
        boolean unreadable = failure instanceof DecoderException || failure instanceof IllegalArgumentException;
        if (unreadable && !ctx.response().headWritten() && ctx.request().version() != HttpVersion.HTTP_2) {
            RequestScope.of(ctx).last();
            Failures.send(ctx, LlmException.invalid("The request's body can't be read: it is not what HTTP allows."));
            ((ConnectionBase) ctx.request().connection()).channel().flush();
        }
    }

    /** Answers a request that Vert.x could not read and that no router has seen. */
    void unreadable(HttpServerRequest request) {
        RequestScope scope = scope(request);
        LlmException failure = LlmException.invalid(
                "This is no HTTP request that can be read, or its head is too long (16 KiB, its first line 8 KiB).");
        scope.failed(failure.kind().code());
        request.response().putHeader(RequestIds.HEADER, scope.id()).putHeader("Connection", "close");
        Failures.write(request.response(), failure, scope.id(), Problem::write);
        scope.answerOver(failure.kind().status(), false);
    }

    private RequestScope scope(HttpServerRequest request) {
        RequestScope scope = new RequestScope(
                ids.idFor(request.getHeader(RequestIds.HEADER)), () -> stopping, errorForms, emulated, this::end);
        inWork.add(scope);
        return scope;
    }

    private void end(RequestScope scope) {
        inWork.remove(scope);
        if (scope.counted()) {
            inFlight.leave();
        }
        finished.accept(scope.finished(DOOR));
    }
}
