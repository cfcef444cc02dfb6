package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.identity.spi.Identity;
import software.amazon.awssdk.identity.spi.TokenIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The AWS SDK's own chain with the variables of {@code .env} beside those of the environment: a Bedrock bearer
 * token, which wins; the system properties {@code aws.accessKeyId}, {@code aws.secretAccessKey}, {@code
 * aws.sessionToken}; the key variables; a web identity token with its role; the profile (keys, SSO, assumed role,
 * credential_process); the container's address; the EC2 instance's role. A web
 * identity or a profile that was named by the user is final: when it fails, no other identity takes its place.
 *
 * <p>Sessions of {@code aws login} are not read: they need the SDK's signin module.
 */
final class AwsIdentity implements IdentitySource {
    private static final Logger LOG = LoggerFactory.getLogger(AwsIdentity.class);
    private static final List<String> KEY_PROPERTIES =
            List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.sessionToken");
    private static final List<String> KEY_VARIABLES =
            List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

    private final AwsEnvironment env;
    private final UnaryOperator<String> systemProperties;
    private final AwsFiles files;
    private final String region;
    private final List<SdkAutoCloseable> toClose = new ArrayList<>();
    private List<Step> steps;

    /** One place to look at. */
    private record Step(String name, AwsCredentialsProvider provider) {}

    AwsIdentity(AwsEnvironment env, UnaryOperator<String> systemProperties, AwsFiles files, String region) {
        this.env = env;
        this.systemProperties = systemProperties;
        this.files = files;
        this.region = region;
    }

    @Override
    public synchronized Identity resolve() {
        Optional<String> bearer = env.get("AWS_BEARER_TOKEN_BEDROCK");
        if (bearer.isPresent()) {
            return TokenIdentity.create(bearer.get().trim());
        }
        Optional<AwsCredentialsIdentity> keys =
                keys(KEY_PROPERTIES, this::property).or(() -> keys(KEY_VARIABLES, env::get));
        return keys.isPresent() ? keys.get() : fromProviders();
    }

    private Optional<String> property(String name) {
        return Optional.ofNullable(systemProperties.apply(name)).filter(value -> !value.isEmpty());
    }

    private interface Lookup {
        Optional<String> get(String name);
    }

    private static Optional<AwsCredentialsIdentity> keys(List<String> names, Lookup lookup) {
        String id = lookup.get(names.get(0)).map(String::trim).orElse(null);
        String secret = lookup.get(names.get(1)).map(String::trim).orElse(null);
        if (id == null && secret == null) {
            return Optional.empty();
        }
        if (id == null || secret == null) {
            throw denied(names.get(id == null ? 1 : 0) + " is set, but " + names.get(id == null ? 0 : 1)
                    + " is not: a key pair needs both.");
        }
        return Optional.of(lookup.get(names.get(2))
                .map(String::trim)
                .<AwsCredentialsIdentity>map(token -> AwsSessionCredentialsIdentity.create(id, secret, token))
                .orElseGet(() -> AwsCredentialsIdentity.create(id, secret)));
    }

    private Identity fromProviders() {
        if (steps == null) {
            steps = readableSteps();
        }
        for (Step step : steps) {
            try {
                return step.provider().resolveCredentials();
            } catch (RuntimeException e) {
                // To the log only: it may speak of files and accounts that are no caller's business.
                LOG.warn("No AWS credentials from the {}: {}", step.name(), BedrockText.bounded(e.getMessage()));
            }
        }
        // A file or a role may appear later.
        close();
        throw denied("No AWS credentials were found. Looked for " + String.join(", ", places(files)) + ".");
    }

    private List<Step> readableSteps() {
        try {
            return steps();
        } catch (IllegalArgumentException e) {
            LOG.warn("No AWS credentials: {}", BedrockText.bounded(e.getMessage()));
            throw denied("The AWS config or credentials file cannot be read.");
        }
    }

    private List<Step> steps() {
        if (env.get("AWS_WEB_IDENTITY_TOKEN_FILE").isPresent()) {
            return List.of(new Step("web identity token", webIdentity()));
        }
        List<Step> found = new ArrayList<>();
        if (files.profileNamed() || files.profile().isPresent()) {
            found.add(new Step("profile " + files.profileName(), profile()));
        }
        if (files.profileNamed()) {
            return found;
        }
        if (ContainerCredentials.configured(env)) {
            found.add(new Step("container's address", container()));
        }
        if (!disabled(env, "AWS_EC2_METADATA_DISABLED")) {
            found.add(new Step("EC2 instance's role", instance()));
        }
        return found;
    }

    private AwsCredentialsProvider profile() {
        return kept(ProfileCredentialsProvider.builder()
                .profileFile(files.supplier())
                .profileName(files.profileName())
                .build());
    }

    private AwsCredentialsProvider container() {
        try {
            return new ContainerCredentials(env);
        } catch (IllegalArgumentException e) {
            throw denied(e.getMessage());
        }
    }

    private AwsCredentialsProvider instance() {
        InstanceProfileCredentialsProvider.Builder builder = InstanceProfileCredentialsProvider.builder()
                .profileFile(files.supplier())
                .profileName(files.profileName());
        env.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").ifPresent(builder::endpoint);
        return kept(builder.build());
    }

    private AwsCredentialsProvider webIdentity() {
        String role = env.get("AWS_ROLE_ARN")
                .orElseThrow(() -> denied("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not."));
        StsClientBuilder sts = StsClient.builder()
                .region(Region.of(region))
                .credentialsProvider(AnonymousCredentialsProvider.create());
        env.get("AWS_ENDPOINT_URL_STS").map(URI::create).ifPresent(sts::endpointOverride);
        StsClient client = kept(sts.build());
        return kept(StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(client)
                .roleArn(role)
                .roleSessionName(env.get("AWS_ROLE_SESSION_NAME").orElse("caravan"))
                .webIdentityTokenFile(
                        Path.of(env.get("AWS_WEB_IDENTITY_TOKEN_FILE").orElseThrow()))
                .build());
    }

    private <T extends SdkAutoCloseable> T kept(T closeable) {
        toClose.add(0, closeable);
        return closeable;
    }

    static boolean disabled(AwsEnvironment env, String name) {
        return env.get(name).map(value -> "true".equalsIgnoreCase(value.trim())).orElse(false);
    }

    /** Where credentials are looked for, in order, for messages. */
    static List<String> places(AwsFiles files) {
        return List.of(
                "AWS_BEARER_TOKEN_BEDROCK",
                "the system property aws.accessKeyId",
                "AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY",
                "AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN",
                "the profile " + files.profileName() + " in the AWS config and credentials files",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI",
                "the role of an EC2 instance");
    }

    private static LlmException denied(String message) {
        return LlmException.of(ErrorKind.PROVIDER_ACCESS_DENIED, message);
    }

    /** Forgets the providers, so that the next call reads files and asks services anew. */
    @Override
    public synchronized void expired(Identity refused) {
        close();
    }

    @Override
    public synchronized void close() {
        toClose.forEach(SdkAutoCloseable::close);
        toClose.clear();
        steps = null;
    }
}
