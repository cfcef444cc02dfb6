package dev.caravan.provider.bedrock;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.Identity;
import software.amazon.awssdk.identity.spi.TokenIdentity;

/**
 * Turns a call into the request that goes out: path, Host, Bedrock's headers and SigV4 (service {@code bedrock}, the
 * path encoded a second time as for every service but S3) or a bearer token. Thread-safe.
 */
final class CallSigner {
    private static final String SIGNING_NAME = "bedrock";
    private static final String USER_AGENT = "caravan/" + version();

    private final String scheme;
    private final String host;
    private final int port;
    private final String hostHeader;
    private final String basePath;
    private final String region;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    /**
     * @param path raw path
     * @param headers all that is sent but the length
     */
    record Signed(String path, MultiMap headers) {}

    /** @param endpoint whose host is signed and sent as Host */
    CallSigner(URI endpoint, String region) {
        this.scheme = endpoint.getScheme().toLowerCase(Locale.ROOT);
        this.host = endpoint.getHost();
        int standard = scheme.equals("https") ? 443 : 80;
        this.port = endpoint.getPort() < 0 ? standard : endpoint.getPort();
        this.hostHeader = port == standard ? host : host + ":" + port;
        String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        this.region = region;
    }

    int port() {
        return port;
    }

    /** @param clock whose time is signed */
    Signed sign(BedrockWire.Call call, Identity identity, Clock clock) {
        String path = basePath + ModelPath.of(call.modelId(), call.operation());
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .protocol(scheme)
                .host(host)
                .port(port)
                .encodedPath(path)
                .putHeader("Host", hostHeader);
        call.headers().forEach(request::putHeader);
        SdkHttpRequest signed = identity instanceof TokenIdentity token
                ? request.putHeader("Authorization", "Bearer " + token.token()).build()
                : signed(request.build(), call.body(), (AwsCredentialsIdentity) identity, clock);
        MultiMap headers = HttpHeaders.headers();
        signed.forEachHeader(headers::set);
        headers.set(HttpHeaders.USER_AGENT, USER_AGENT);
        return new Signed(path, headers);
    }

    private SdkHttpRequest signed(SdkHttpRequest request, byte[] body, AwsCredentialsIdentity keys, Clock clock) {
        return signer.sign(r -> r.identity(keys)
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArrayUnsafe(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SIGNING_NAME)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
                .request();
    }

    private static String version() {
        String version = CallSigner.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
