package dev.caravan.provider.bedrock;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Reads failures without a reply, of both transports. */
final class ConnectionFailures {
    private static final String OVER_TOTAL =
            "Bedrock's answer was not complete within the total timeout (caravan.timeout.total).";

    private ConnectionFailures() {}

    static LlmException toLlm(Throwable failure) {
        LlmException.Builder llm = find(failure);
        return llm.cause(failure).build();
    }

    private static LlmException.Builder find(Throwable failure) {
        if (has(failure, AbortedException.class)) {
            return row(ErrorKind.PROVIDER_UNAVAILABLE, Retry.NEVER, "The call was cancelled.");
        }
        if (has(failure, ApiCallTimeoutException.class) || has(failure, ApiCallAttemptTimeoutException.class)) {
            return row(ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, OVER_TOTAL);
        }
        if (has(failure, ConnectionPoolTooBusyException.class) || named(failure, "ConnectionPoolTimeoutException")) {
            return row(ErrorKind.OVERLOADED, Retry.NEVER, "All connections to Bedrock are in use.");
        }
        if (timedOutConnecting(failure)) {
            return row(
                    ErrorKind.PROVIDER_TIMEOUT, Retry.BACKOFF, "No connection to Bedrock within the connect timeout.");
        }
        if (has(failure, SocketTimeoutException.class)) {
            return row(ErrorKind.PROVIDER_TIMEOUT, Retry.NEVER, OVER_TOTAL);
        }
        return broken(failure);
    }

    private static LlmException.Builder broken(Throwable failure) {
        if (has(failure, CertificateException.class)
                || has(failure, CertPathBuilderException.class)
                || has(failure, SSLPeerUnverifiedException.class)) {
            return row(
                    ErrorKind.PROVIDER_UNAVAILABLE,
                    Retry.NEVER,
                    "Bedrock's certificate is not trusted; AWS_CA_BUNDLE names a file of other authorities.");
        }
        if (has(failure, UnknownHostException.class)) {
            return row(ErrorKind.PROVIDER_UNAVAILABLE, Retry.BACKOFF, "The host of Bedrock could not be found.");
        }
        // Vert.x and Netty tell of a connection that closed by exceptions of their own that are no IOException.
        if (has(failure, IOException.class)
                || has(failure, SSLException.class)
                || has(failure, PrematureChannelClosureException.class)
                || named(failure, "HttpClosedException")) {
            return row(ErrorKind.PROVIDER_UNAVAILABLE, Retry.BACKOFF, "The connection to Bedrock failed.");
        }
        if (has(failure, VertxException.class)) {
            return row(ErrorKind.PROVIDER_UNAVAILABLE, Retry.BACKOFF, "The connection to Bedrock was closed.");
        }
        return row(ErrorKind.PROVIDER_ERROR, Retry.NEVER, "The call to Bedrock failed.");
    }

    /** Netty's, Apache's and the TLS handshake's ways to say it; the classes differ by transport, their names do not. */
    private static boolean timedOutConnecting(Throwable failure) {
        return named(failure, "ConnectTimeoutException")
                || named(failure, "ProxyConnectException") && saysTimeout(failure)
                || named(failure, "SslHandshakeTimeoutException")
                || has(failure, SSLException.class) && saysTimeout(failure);
    }

    private static boolean saysTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && (message.contains("timed out") || message.contains("timeout"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean named(Throwable failure, String simpleName) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getSimpleName().equals(simpleName)) {
                return true;
            }
        }
        return false;
    }

    private static LlmException.Builder row(ErrorKind kind, Retry retry, String message) {
        return LlmException.builder(kind, message).retry(retry);
    }
}
