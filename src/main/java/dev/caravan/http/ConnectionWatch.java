package dev.caravan.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection that does not get a request's head across in time, or has none in work for long. It counts
 * time, not silence: a client that sends a byte now and then is cut too, while a request in work may be silent.
 * Used on the connection's event loop only.
 */
final class ConnectionWatch {
    private static final AttributeKey<ConnectionWatch> KEY = AttributeKey.valueOf(ConnectionWatch.class.getName());

    private final Channel channel;
    private final HttpLimits limits;
    private Future<?> deadline;
    private int requests;

    private ConnectionWatch(Channel channel, HttpLimits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    /** Watches a new connection. */
    static void start(Channel channel, HttpLimits limits) {
        ConnectionWatch watch = new ConnectionWatch(channel, limits);
        channel.attr(KEY).set(watch);
        channel.closeFuture().addListener(closed -> watch.cancel());
        watch.closeAfter(limits.receive());
    }

    /** The watch of a connection of {@link WatchedHttpServer}. */
    static ConnectionWatch of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel().attr(KEY).get();
    }

    /** A head is there. */
    void requestBegins() {
        requests++;
        cancel();
    }

    /** A request that began is over. */
    void requestEnds() {
        requests--;
        if (requests == 0 && channel.isActive()) {
            closeAfter(limits.keepAlive());
        }
    }

    private void closeAfter(Duration time) {
        cancel();
        deadline = channel.eventLoop().schedule(() -> channel.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
