package dev.caravan.provider.bedrock;

import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.Identity;

/** Who signs a call: key pair ({@code AwsCredentialsIdentity}) or bearer token ({@code TokenIdentity}). Thread-safe. */
@FunctionalInterface
interface IdentitySource extends AutoCloseable {

    /**
     * The identity to sign with now; may block on files or the network.
     *
     * @throws dev.caravan.error.LlmException {@code provider_access_denied}, naming what was looked for
     */
    Identity resolve();

    /** AWS refused this identity as expired: the next {@link #resolve} asks anew. */
    default void expired(Identity refused) {}

    @Override
    default void close() {}

    /** A fixed key pair. */
    static IdentitySource keys(String accessKeyId, String secretAccessKey) {
        AwsCredentialsIdentity keys = AwsCredentialsIdentity.create(accessKeyId, secretAccessKey);
        return () -> keys;
    }
}
