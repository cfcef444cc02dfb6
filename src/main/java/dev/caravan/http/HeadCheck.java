package dev.caravan.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/**
 * Refuses HTTP/1 heads of an unknown version, and those whose transfer coding isn't read: where their body ends nobody
 * knows, and it would be taken for the next request (RFC 9112, 6.3). Behind such a head nothing is read any more.
 */
final class HeadCheck extends ChannelInboundHandlerAdapter {
    private boolean refused;

    private HeadCheck() {}

    /** To be called for a new connection, before its first head is there. */
    static void install(HttpConnection connection) {
        var pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get("httpDecoder") != null) {
            pipeline.addBefore("handler", "headCheck", new HeadCheck());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest head && !readable(head)) {
            refused = true;
            head.setProtocolVersion(HttpVersion.HTTP_1_1);
            head.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("version or transfer coding")));
        }
        ctx.fireChannelRead(message);
    }

    private static boolean readable(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return false;
        }
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty() || codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    }
}
