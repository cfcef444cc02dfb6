package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks the EC2 instance metadata service whether the machine has a role. */
@FunctionalInterface
interface ImdsProbe {

    /** Takes at most a second; false when nobody answers. */
    boolean hasRole(AwsEnvironment env);

    /** IMDSv2: a token by PUT, then the name of the role by GET. */
    static boolean ask(AwsEnvironment env) {
        String base = env.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").orElse("http://169.254.169.254");
        String root = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        try {
            String token = fetch(root + "/latest/api/token", "PUT", "X-aws-ec2-metadata-token-ttl-seconds", "60");
            String role = fetch(
                    root + "/latest/meta-data/iam/security-credentials/", "GET", "X-aws-ec2-metadata-token", token);
            return !role.isBlank();
        } catch (IOException | IllegalArgumentException e) {
            // No service, no role, or an address that is none: all mean that there are no credentials here.
            return false;
        }
    }

    private static String fetch(String address, String method, String header, String value) throws IOException {
        // Two requests, each of a connect and a read: four times 250 ms.
        final int quarter = 250;
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(quarter);
        connection.setReadTimeout(quarter);
        connection.setRequestMethod(method);
        connection.setRequestProperty(header, value);
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("status " + connection.getResponseCode());
            }
            try (var body = connection.getInputStream()) {
                return new String(body.readNBytes(4096), StandardCharsets.UTF_8);
            }
        } finally {
            connection.disconnect();
        }
    }
}
