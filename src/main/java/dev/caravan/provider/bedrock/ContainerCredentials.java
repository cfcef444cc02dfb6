package dev.caravan.provider.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.AwsEnvironment;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Loopback;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Credentials of a container (ECS, EKS Pod Identity) by the SDKs' "container credential provider": a GET of {@code
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} at 169.254.170.2, else of {@code AWS_CONTAINER_CREDENTIALS_FULL_URI}, with
 * {@code AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}'s content or {@code AWS_CONTAINER_AUTHORIZATION_TOKEN} as
 * Authorization, answered by JSON with {@code AccessKeyId}, {@code SecretAccessKey}, {@code Token}, {@code Expiration}.
 * The SDK's own reads the variables of the process only, not those of {@code .env}. Source: AWS SDKs and Tools
 * reference guide, container credential provider.
 */
final class ContainerCredentials implements AwsCredentialsProvider {
    static final String RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private static final String TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    private static final String TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    private static final String ECS = "http://169.254.170.2";
    /** Where a token may go without TLS, besides the loopback: ECS, and EKS by IPv4 and IPv6. */
    private static final Set<String> PLAIN_HOSTS = Set.of("169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    private static final int MAX_REPLY = 64 * 1024;
    private static final int TIMEOUT_MS = 1000;
    private static final int ATTEMPTS = 3;

    private final AwsEnvironment env;
    private final URI address;

    /** @throws IllegalArgumentException when the variables name no address that may be asked */
    ContainerCredentials(AwsEnvironment env) {
        this.env = env;
        this.address = address(env);
    }

    static boolean configured(AwsEnvironment env) {
        return env.get(RELATIVE).isPresent() || env.get(FULL).isPresent();
    }

    private static URI address(AwsEnvironment env) {
        Optional<String> relative = env.get(RELATIVE);
        String variable = relative.isPresent() ? RELATIVE : FULL;
        URI uri;
        try {
            uri = URI.create(relative.map(path -> ECS + path)
                    .orElseGet(() -> env.get(FULL).orElse("")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variable + " is no address.", e);
        }
        if (relative.isPresent() && !(relative.get().startsWith("/") && ECS.endsWith("//" + uri.getHost()))) {
            throw new IllegalArgumentException(variable + " must be a path that begins with /.");
        }
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        String host = uri.getHost();
        if (host == null || !(https || http && (PLAIN_HOSTS.contains(host) || Loopback.isLoopback(host)))) {
            throw new IllegalArgumentException(variable + " must be an https address, or an http address of the"
                    + " loopback, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23].");
        }
        return uri;
    }

    /** @throws IllegalStateException when nobody answers or the answer has no credentials */
    @Override
    public AwsCredentials resolveCredentials() {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return credentials(fetch());
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IllegalStateException(address.getHost() + ": " + last.getMessage(), last);
    }

    private JsonNode fetch() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Accept", "application/json");
        Optional<String> token = token();
        if (token.isPresent()) {
            connection.setRequestProperty("Authorization", token.get());
        }
        try {
            int status = connection.getResponseCode();
            if (status >= HttpURLConnection.HTTP_INTERNAL_ERROR) {
                throw new IOException("status " + status);
            }
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IllegalStateException(address.getHost() + ": status " + status);
            }
            try (var body = connection.getInputStream()) {
                return Json.read(body.readNBytes(MAX_REPLY));
            } catch (JsonProcessingException e) {
                // Without its message, which may quote a key.
                throw new IllegalStateException("the answer is no JSON");
            }
        } finally {
            connection.disconnect();
        }
    }

    private Optional<String> token() throws IOException {
        Optional<String> file = env.get(TOKEN_FILE);
        Optional<String> token = file.isPresent() ? Optional.of(Files.readString(Path.of(file.get()))) : env.get(TOKEN);
        if (token.isPresent() && token.get().chars().anyMatch(character -> character == '\r' || character == '\n')) {
            throw new IllegalStateException("the container's authorization token has a line break");
        }
        return token;
    }

    private static AwsCredentials credentials(JsonNode reply) {
        String id = reply.path("AccessKeyId").asText("");
        String secret = reply.path("SecretAccessKey").asText("");
        String token = reply.path("Token").asText("");
        if (id.isEmpty() || secret.isEmpty()) {
            throw new IllegalStateException("the answer has no credentials");
        }
        Instant expiry = expiry(reply.path("Expiration").asText(""));
        return token.isEmpty()
                ? AwsBasicCredentials.create(id, secret)
                : AwsSessionCredentials.builder()
                        .accessKeyId(id)
                        .secretAccessKey(secret)
                        .sessionToken(token)
                        .expirationTime(expiry)
                        .build();
    }

    private static Instant expiry(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalStateException("the answer's Expiration is no time", e);
        }
    }
}
