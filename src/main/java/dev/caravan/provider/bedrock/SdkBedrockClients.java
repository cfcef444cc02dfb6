package dev.caravan.provider.bedrock;

import dev.caravan.config.Settings;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.identity.spi.TokenIdentity;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;

/**
 * The SDK's own sync client, for {@code caravan.bedrock.transport=sdk}: the same credentials, region, address, proxy,
 * authorities and timeouts as the wire, its retries off. A cancelled call goes on until its reply or its time is up.
 */
final class SdkBedrockClients {
    private SdkBedrockClients() {}

    /**
     * @param bearer whether the identities are bearer tokens
     * @param proxied whether the environment's proxy may be used
     */
    static BedrockRuntimeClient create(
            Settings settings,
            URI endpoint,
            String region,
            IdentitySource identities,
            boolean bearer,
            boolean proxied) {
        Duration total = settings.timeout().total();
        BedrockRuntimeClientBuilder builder = BedrockRuntimeClient.builder()
                .region(Region.of(region))
                .endpointOverride(endpoint)
                .httpClientBuilder(http(settings, endpoint, proxied))
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(total)
                        .apiCallAttemptTimeout(total)
                        .addExecutionInterceptor(new BrokenReplyInterceptor())
                        .defaultProfileFile(noProfiles()));
        // Named, since the SDK would else prefer a bearer token of the process environment to given keys.
        if (bearer) {
            builder.tokenProvider(new Identities<>(TokenIdentity.class, identities))
                    .authSchemeProvider(preferring("httpBearerAuth"));
        } else {
            builder.credentialsProvider(new Identities<>(AwsCredentialsIdentity.class, identities))
                    .authSchemeProvider(preferring("sigv4"));
        }
        return builder.build();
    }

    private static BedrockRuntimeAuthSchemeProvider preferring(String scheme) {
        return BedrockRuntimeAuthSchemeProvider.defaultProvider(List.of(scheme));
    }

    /** Region and credentials come from {@link BedrockProvider}; the SDK need not read the user's files for them. */
    private static ProfileFile noProfiles() {
        return ProfileFile.aggregator().build();
    }

    private static ApacheHttpClient.Builder http(Settings settings, URI endpoint, boolean proxied) {
        int connections = Math.max(1, settings.http().maxConcurrent());
        ApacheHttpClient.Builder http = ApacheHttpClient.builder()
                .connectionTimeout(settings.timeout().connect())
                .socketTimeout(settings.timeout().total())
                .connectionAcquisitionTimeout(settings.timeout().connect())
                .connectionMaxIdleTime(Duration.ofSeconds(30))
                .maxConnections(connections)
                .tcpKeepAlive(true)
                .proxyConfiguration(proxy(settings, endpoint, proxied));
        settings.aws().get("AWS_CA_BUNDLE").ifPresent(file -> {
            TrustManager[] trusted = trusted(file);
            http.tlsTrustManagersProvider(() -> trusted);
        });
        return http;
    }

    private static ProxyConfiguration proxy(Settings settings, URI endpoint, boolean proxied) {
        ProxyConfiguration.Builder proxy =
                ProxyConfiguration.builder().useSystemPropertyValues(false).useEnvironmentVariableValues(false);
        if (proxied) {
            ProxyRule.proxyFor(endpoint, settings.aws()).ifPresent(rule -> {
                proxy.endpoint(URI.create("http://" + rule.host() + ":" + rule.port()));
                if (rule.user() != null) {
                    proxy.username(rule.user())
                            .password(rule.password().reveal())
                            .preemptiveBasicAuthenticationEnabled(true);
                }
            });
        }
        return proxy.build();
    }

    private static TrustManager[] trusted(String file) {
        try (InputStream in = new FileInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("AWS_CA_BUNDLE cannot be read: " + e.getMessage(), e);
        }
    }

    /** Hands our identities to the SDK. */
    private record Identities<T extends software.amazon.awssdk.identity.spi.Identity>(
            Class<T> identityType, IdentitySource source) implements IdentityProvider<T> {

        @Override
        public CompletableFuture<T> resolveIdentity(ResolveIdentityRequest request) {
            try {
                return CompletableFuture.completedFuture(identityType.cast(source.resolve()));
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
