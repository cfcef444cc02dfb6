package dev.caravan.provider.bedrock;

import dev.caravan.config.Settings;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the wire's HTTP client: HTTP/1.1, TLS with hostname verification (and AWS_CA_BUNDLE in place of the JDK's
 * authorities), a pool of {@code http.maxConcurrent} connections with a queue as long, the proxy of the environment.
 */
final class WireHttp {
    private static final Logger LOG = LoggerFactory.getLogger(WireHttp.class);
    /** Shorter than load balancers keep an idle connection (60 s by default), so that a stale one is rarely taken. */
    private static final int IDLE_SECONDS = 30;
    /** NAT gateways, VPC endpoints and NLBs drop a connection that was silent for 350 s: AWS, Bedrock user guide. */
    private static final int TCP_PROBE_AFTER_SECONDS = 120;

    private static final int TCP_PROBE_EVERY_SECONDS = 30;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int HEADER_BYTES = 32 * 1024;

    private WireHttp() {}

    /** @param proxied whether the environment's proxy may be used; not for the embedded Bedrock */
    static HttpClient create(Vertx vertx, Settings settings, URI endpoint, boolean proxied) {
        int connectMillis = Math.toIntExact(settings.timeout().connect().toMillis());
        boolean tls = "https".equalsIgnoreCase(endpoint.getScheme());
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(connectMillis)
                .setSsl(tls)
                .setVerifyHost(true)
                .setSslHandshakeTimeout(connectMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true)
                .setKeepAlive(true)
                .setKeepAliveTimeout(IDLE_SECONDS)
                .setMaxChunkSize(CHUNK_BYTES)
                .setMaxHeaderSize(HEADER_BYTES);
        if (tls) {
            settings.aws()
                    .get("AWS_CA_BUNDLE")
                    .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
        }
        if (proxied) {
            ProxyRule.proxyFor(endpoint, settings.aws())
                    .ifPresent(proxy -> options.setProxyOptions(options(proxy, settings)));
        }
        int connections = Math.max(1, settings.http().maxConcurrent());
        return vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(connections))
                .withConnectHandler(WireHttp::prepare)
                .build();
    }

    private static ProxyOptions options(ProxyRule.Proxy proxy, Settings settings) {
        ProxyOptions options = new ProxyOptions()
                .setType(ProxyType.HTTP)
                .setHost(proxy.host())
                .setPort(proxy.port())
                .setConnectTimeout(settings.timeout().connect());
        if (proxy.user() != null) {
            options.setUsername(proxy.user()).setPassword(proxy.password().reveal());
        }
        return options;
    }

    private static void prepare(HttpConnection connection) {
        // The call on it hears of its failure. Without a handler Vert.x would log the message, which can quote a reply.
        connection.exceptionHandler(failure -> LOG.debug(
                "A connection to Bedrock failed: {}", failure.getClass().getName()));
        probeSilentConnection(connection);
    }

    /** Vert.x 4 has no option for the probe's times; a transport that does not know them leaves the system's. */
    private static void probeSilentConnection(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            var config = base.channel().config();
            try {
                config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), TCP_PROBE_AFTER_SECONDS);
                config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), TCP_PROBE_EVERY_SECONDS);
            } catch (ChannelException e) {
                // The connection was closed meanwhile; the call on it will say so.
                LOG.debug("No keep-alive times on a connection to Bedrock", e);
            }
        }
    }
}
