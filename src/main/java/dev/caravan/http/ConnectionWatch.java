package dev.caravan.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
final class ConnectionWatch extends ChannelInboundHandlerAdapter {
    private final HttpLimits limits;
    private ChannelHandlerContext channel;
    private Future<?> deadline;
    private int requests;

    ConnectionWatch(HttpLimits limits) {
        this.limits = limits;
    }

    /** The watch of a connection of {@link WatchedHttpServer}. */
    static ConnectionWatch of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel().pipeline().get(ConnectionWatch.class);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context;
        closeAfter(limits.receive());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        cancel();
        super.channelInactive(context);
    }

    /** A head is there. */
    void requestBegins() {
        requests++;
        cancel();
    }

    /** A request that began is over. */
    void requestEnds() {
        requests--;
        if (requests == 0 && channel.channel().isActive()) {
            closeAfter(limits.keepAlive());
        }
    }

    private void closeAfter(Duration time) {
        cancel();
        deadline = channel.executor().schedule(() -> channel.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
