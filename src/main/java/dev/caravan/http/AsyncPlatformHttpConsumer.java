package dev.caravan.http;

import dev.caravan.observe.CallFacts;
import dev.caravan.trunk.ExchangeKeys;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;

/**
 * Starts an exchange on a worker and lets go of it as soon as a step goes asynchronous; the answer is written on
 * the request's own event loop. The built-in consumer holds its thread to the end.
 *
 * <p>Of the request only {@code Content-Type} (JSON, or none: what a message has becomes the answer's), {@code Accept},
 * {@code User-Agent}, method, path and path parameters reach the message; the body is a {@code byte[]}, or null when the
 * request has none. A step that knows a dialect may make a stream of the answer, which this offers; a body that is a stream at
 * the end becomes one in Caravan's own form. An answer made with a call of the emulator's says so by its header. A step that writes the answer itself finds it by {@link HttpMessage#getResponse()}, and hears of the client's leaving by
 * {@link ExchangeKeys#CANCELLATION} only: the response's own close and end handlers belong to the door.
 */
public final class AsyncPlatformHttpConsumer extends VertxPlatformHttpConsumer {
    private static final List<String> PASSED_IN = List.of("Accept", "User-Agent");

    private final Executor workers;
    private final StreamTimes streams;

    AsyncPlatformHttpConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            List<Handler<RoutingContext>> handlers,
            String routerName,
            Executor workers,
            StreamTimes streams) {
        super(endpoint, processor, handlers, routerName);
        this.workers = workers;
        this.streams = streams;
    }

    @Override
    protected void handleRequest(RoutingContext ctx) {
        if (isSuspended() || !isRunAllowed()) {
            Failures.send(ctx, Failures.overloaded("This way in is closed at the moment."));
            return;
        }
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        processHttpRequest(exchange, ctx);
        RequestScope scope = RequestScope.of(ctx);
        Context context = ctx.vertx().getOrCreateContext();
        EventStream.offer(exchange, new EventStream(ctx, context, streams));
        scope.hold();
        try {
            workers.execute(() -> start(exchange, ctx, context));
        } catch (RejectedExecutionException e) {
            Failures.send(ctx, Failures.overloaded("All workers are busy. Try again in a moment."));
            releaseExchange(exchange, false);
            scope.release();
        }
    }

    private void start(Exchange exchange, RoutingContext ctx, Context context) {
        RequestScope scope = RequestScope.of(ctx);
        if (scope.cancellation().isCancelled()) {
            releaseExchange(exchange, false);
            scope.release();
            return;
        }
        try {
            createUoW(exchange);
            getAsyncProcessor().process(exchange, doneSync -> answerOn(context, exchange, ctx));
        } catch (Exception e) {
            exchange.setException(e);
            answerOn(context, exchange, ctx);
        }
    }

    private void answerOn(Context context, Exchange exchange, RoutingContext ctx) {
        try {
            context.runOnContext(ignored -> answer(exchange, ctx));
        } catch (RejectedExecutionException e) {
            // The event loop is gone, and the client with it.
            end(exchange, RequestScope.of(ctx));
        }
    }

    private void answer(Exchange exchange, RoutingContext ctx) {
        RequestScope scope = RequestScope.of(ctx);
        CallFacts call = exchange.getProperty(ExchangeKeys.CALL, CallFacts.class);
        scope.call(call);
        boolean goesOn = false;
        try {
            if (call != null && scope.emulated() && !ctx.response().headWritten()) {
                ctx.response().putHeader(RequestEntry.EMULATED, "true");
            }
            Context context = ctx.vertx().getOrCreateContext();
            goesOn = StreamAnswer.begin(exchange, ctx, workers, () -> answerOn(context, exchange, ctx));
            if (!goesOn) {
                ExchangeAnswer.write(ctx, exchange);
            }
        } catch (RuntimeException e) {
            Failures.send(ctx, e);
        } finally {
            if (!goesOn) {
                end(exchange, scope);
            }
        }
    }

    private void end(Exchange exchange, RequestScope scope) {
        try {
            if (exchange.getUnitOfWork() != null) {
                doneUoW(exchange);
            }
            releaseExchange(exchange, false);
        } finally {
            scope.release();
        }
    }

    @Override
    protected Future<Void> processHttpRequest(Exchange exchange, RoutingContext ctx) {
        if (exchange.getIn() instanceof HttpMessage pooled) {
            pooled.init(exchange, ctx.request(), ctx.response());
        } else {
            exchange.setMessage(new HttpMessage(exchange, ctx.request(), ctx.response()));
        }
        return populateCamelMessage(ctx, exchange, exchange.getIn());
    }

    @Override
    protected Future<Void> populateCamelMessage(RoutingContext ctx, Exchange exchange, Message message) {
        RequestScope scope = RequestScope.of(ctx);
        exchange.setProperty(ExchangeKeys.REQUEST_ID, scope.id());
        exchange.setProperty(ExchangeKeys.CANCELLATION, scope.cancellation());
        HttpServerRequest request = ctx.request();
        Map<String, Object> headers = message.getHeaders();
        headers.put(Exchange.HTTP_METHOD, request.method().name());
        headers.put(Exchange.HTTP_PATH, ctx.normalizedPath());
        for (String name : PASSED_IN) {
            String value = request.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        headers.putAll(ctx.pathParams());
        if (scope.body() != null) {
            if (scope.json()) {
                headers.put(Exchange.CONTENT_TYPE, "application/json");
            }
            message.setBody(scope.body().getBytes());
        }
        return Future.succeededFuture();
    }
}
