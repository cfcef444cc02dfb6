package dev.caravan.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection that does not get a request's head across in time, or has none in work for long. It counts
 * time, not silence: a client that sends a byte now and then is cut too, while a request in work may be silent.
 * Requests that are in work when the connection closes end with it. Used on the connection's event loop only.
 */
final class ConnectionWatch {
    private static final AttributeKey<ConnectionWatch> KEY = AttributeKey.valueOf(ConnectionWatch.class.getName());

    private final Channel channel;
    private final HttpLimits limits;
    private final Set<Runnable> inWork = new HashSet<>();
    /** When a connection without work is closed, by {@link System#nanoTime()}. */
    private long deadline;
    /** Looks at the deadline; one for the connection's life, since a timer for each request costs more. */
    private Future<?> timer;

    private ConnectionWatch(Channel channel, HttpLimits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    /** Watches a new connection. */
    static void start(Channel channel, HttpLimits limits) {
        ConnectionWatch watch = new ConnectionWatch(channel, limits);
        channel.attr(KEY).set(watch);
        channel.closeFuture().addListener(closed -> watch.closed());
        watch.closeAfter(limits.receive());
        watch.lookIn(limits.receive().toNanos());
    }

    /** The watch of a connection of {@link WatchedHttpServer}. */
    static ConnectionWatch of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel().attr(KEY).get();
    }

    /**
     * A head is there.
     *
     * @param atClose told when the connection closes before {@link #requestEnds}
     */
    void requestBegins(Runnable atClose) {
        inWork.add(atClose);
    }

    /** A request that began is over. */
    void requestEnds(Runnable atClose) {
        if (inWork.remove(atClose) && inWork.isEmpty()) {
            closeAfter(limits.keepAlive());
        }
    }

    private void closeAfter(Duration time) {
        deadline = System.nanoTime() + time.toNanos();
    }

    /** Never looks later than a deadline that may be set meanwhile. */
    private void lookIn(long nanos) {
        long delay = Math.max(1, Math.min(nanos, limits.keepAlive().toNanos()));
        timer = channel.eventLoop().schedule(this::look, delay, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long left = deadline - System.nanoTime();
        if (!inWork.isEmpty()) {
            lookIn(limits.keepAlive().toNanos());
        } else if (left > 0) {
            lookIn(left);
        } else {
            channel.close();
            // That waits until all is written, and a client that reads nothing must not hold it for ever.
            timer = channel.eventLoop()
                    .schedule(
                            () -> channel.pipeline().firstContext().close(),
                            limits.linger().toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    private void closed() {
        timer.cancel(false);
        List.copyOf(inWork).forEach(Runnable::run);
    }
}
