package dev.caravan.provider.bedrock;

import dev.caravan.config.Settings;
import dev.caravan.runtime.Cancellation;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Bedrock as the trunk sees it: the wire, and the clients that Camel's aws-bedrock component wants. Thread-safe. */
public final class BedrockProvider implements AutoCloseable {
    /**
     * Cancels a call of {@link #client()}: an attribute of the request's override configuration. The SDK's own client
     * ({@code caravan.bedrock.transport=sdk}) does not know it.
     */
    public static final ExecutionAttribute<Cancellation> CANCELLATION = new ExecutionAttribute<>("CaravanCancellation");

    private static final String NAME = "bedrock";

    private final BedrockWire wire;
    private final IdentitySource identities;
    private final BedrockRuntimeClient client;
    private final BedrockRuntimeAsyncClient asyncClient = new RefusingBedrockAsyncClient();
    private final String region;
    private final URI endpoint;
    private final boolean emulated;

    private BedrockProvider(
            BedrockWire wire,
            IdentitySource identities,
            BedrockRuntimeClient client,
            String region,
            URI endpoint,
            boolean emulated) {
        this.wire = wire;
        this.identities = identities;
        this.client = client;
        this.region = region;
        this.endpoint = endpoint;
        this.emulated = emulated;
    }

    /**
     * Opens the way to a target. Makes no call and resolves no credentials.
     *
     * @param vertx stays open when the provider is closed
     * @param clock signs
     * @throws IllegalArgumentException for settings that cannot work: what and why, for the operator
     */
    public static BedrockProvider open(Settings settings, BedrockTarget target, Vertx vertx, Clock clock) {
        AwsFiles files = new AwsFiles(settings.aws(), System::getProperty, AwsFiles.home());
        String region = target.emulated()
                ? settings.bedrock().region().orElse(BedrockEndpoints.DEFAULT_REGION)
                : BedrockEndpoints.region(settings, files);
        URI endpoint = target.emulated()
                ? target.endpoint().orElseThrow()
                : BedrockEndpoints.endpoint(target.endpoint().or(settings.bedrock()::endpoint), settings.aws(), region);
        if (!target.emulated()) {
            checkAuthorities(settings);
        }
        IdentitySource identities = identities(settings, target, files, region, clock);
        BedrockWire wire = new VertxBedrockWire(
                vertx,
                WireHttp.create(vertx, settings, endpoint, !target.emulated()),
                endpoint,
                region,
                identities,
                clock);
        return new BedrockProvider(
                wire,
                identities,
                client(settings, target, endpoint, region, identities, wire),
                region,
                endpoint,
                target.emulated());
    }

    /** At the start, not at the first call. */
    private static void checkAuthorities(Settings settings) {
        settings.aws()
                .get("AWS_CA_BUNDLE")
                .filter(file -> !Files.isReadable(Path.of(file)))
                .ifPresent(file -> {
                    throw new IllegalArgumentException("AWS_CA_BUNDLE names a file that cannot be read: " + file);
                });
    }

    private static IdentitySource identities(
            Settings settings, BedrockTarget target, AwsFiles files, String region, Clock clock) {
        return target.accessKeyId().isPresent()
                ? IdentitySource.keys(
                        target.accessKeyId().get(),
                        target.secretAccessKey().orElseThrow().reveal())
                : new CachedIdentity(new AwsIdentity(settings.aws(), System::getProperty, files, region), clock);
    }

    private static BedrockRuntimeClient client(
            Settings settings,
            BedrockTarget target,
            URI endpoint,
            String region,
            IdentitySource identities,
            BedrockWire wire) {
        if (settings.bedrock().transport() == Settings.Transport.WIRE) {
            return new WireBedrockClient(wire, settings.timeout().total());
        }
        boolean bearer = target.accessKeyId().isEmpty()
                && settings.aws().get("AWS_BEARER_TOKEN_BEDROCK").isPresent();
        return SdkBedrockClients.create(settings, endpoint, region, identities, bearer, !target.emulated());
    }

    /** The provider's name in replies and model names. */
    public String name() {
        return NAME;
    }

    /** Answers {@code invokeModel} only. */
    public BedrockRuntimeClient client() {
        return client;
    }

    /** Refuses everything; Camel's endpoint wants it to exist. */
    public BedrockRuntimeAsyncClient asyncClient() {
        return asyncClient;
    }

    public BedrockWire wire() {
        return wire;
    }

    /** The region that is signed and, unless an endpoint is set, called. */
    public String region() {
        return region;
    }

    /** The address that is called; its host is the one that is signed. */
    public URI endpoint() {
        return endpoint;
    }

    /** Whether the embedded Bedrock answers. */
    public boolean emulated() {
        return emulated;
    }

    /**
     * Finds out whether a call could be signed, before anything is counted for it. Cached for some seconds; when it
     * is not, this blocks on files or the network.
     *
     * @throws dev.caravan.error.LlmException {@code provider_access_denied}, naming what was looked for
     */
    public void ensureIdentity() {
        identities.resolve();
    }

    /** Closes the clients and the wire; not the Vert.x instance that it was given. */
    @Override
    public void close() {
        client.close();
        wire.close();
    }
}
