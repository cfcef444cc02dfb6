package dev.caravan.provider.bedrock;

import dev.caravan.config.Secret;
import java.net.URI;
import java.util.Optional;

/**
 * Where Bedrock calls go.
 *
 * @param emulated whether the embedded Bedrock answers
 * @param endpoint its address; empty for AWS, where settings and the SDK's rules decide
 * @param accessKeyId its access key id; empty for AWS, where the SDK's chain decides
 * @param secretAccessKey the other half
 */
public record BedrockTarget(
        boolean emulated, Optional<URI> endpoint, Optional<String> accessKeyId, Optional<Secret> secretAccessKey) {

    /** AWS, by the settings and the user's own credentials. */
    public static BedrockTarget aws() {
        return new BedrockTarget(false, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The embedded Bedrock at an address such as {@code http://127.0.0.1:40001}, with a key pair made for it. */
    public static BedrockTarget embedded(URI endpoint, String accessKeyId, Secret secretAccessKey) {
        return new BedrockTarget(true, Optional.of(endpoint), Optional.of(accessKeyId), Optional.of(secretAccessKey));
    }
}
