package dev.caravan.http;

import io.netty.channel.Channel;
import io.netty.handler.traffic.GlobalTrafficShapingHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.SslChannelProvider;
import java.util.function.BiConsumer;

/**
 * Vert.x's server with a {@link ConnectionWatch} on each connection. Vert.x tells of a connection only
 * once the head of its first request is read, and its idle timeout would also cut requests in work, so neither
 * stops a client that sends a head byte by byte.
 */
final class WatchedHttpServer extends HttpServerImpl {
    private static final int ACCEPT_BACKLOG = 4096;
    private static final int STREAMS_PER_CONNECTION = 1000;
    /**
     * Bytes that the system takes for a client that does not read; Linux doubles it, and else takes 4 MiB (tcp_wmem). What it takes of
     * a streamed answer is kept until that has come to its end, so this is the larger part of what such a client costs.
     */
    private static final int SEND_BUFFER = 64 * 1024;

    private final HttpLimits limits;

    WatchedHttpServer(Vertx vertx, String host, int port, HttpLimits limits) {
        super((VertxInternal) vertx, options(host, port));
        this.limits = limits;
    }

    private static HttpServerOptions options(String host, int port) {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setAcceptBacklog(ACCEPT_BACKLOG)
                .setMaxHeaderSize(HttpLimits.MAX_HEADER_BYTES)
                .setMaxInitialLineLength(HttpLimits.MAX_LINE_BYTES)
                .setInitialSettings(new Http2Settings()
                        .setMaxHeaderListSize(HttpLimits.MAX_HEADER_BYTES)
                        .setMaxConcurrentStreams(STREAMS_PER_CONNECTION))
                .setHandle100ContinueAutomatically(false)
                .setSendBufferSize(SEND_BUFFER)
                // There are none, and each write would pass by a handler that looks for them.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    @Override
    protected BiConsumer<Channel, SslChannelProvider> childHandler(
            ContextInternal context, SocketAddress address, GlobalTrafficShapingHandler shaping) {
        BiConsumer<Channel, SslChannelProvider> child = super.childHandler(context, address, shaping);
        return (channel, ssl) -> {
            ConnectionWatch.start(channel, limits);
            child.accept(channel, ssl);
        };
    }
}
