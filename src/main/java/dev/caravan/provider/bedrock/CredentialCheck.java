package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.profiles.Profile;

/**
 * Whether {@link AwsIdentity} has anything to go by, place for place in its order, as far as files and variables can
 * tell; whether AWS takes the credentials shows with the first call.
 */
final class CredentialCheck {
    private static final String KEY_ID = "AWS_ACCESS_KEY_ID";
    private static final String SECRET = "AWS_SECRET_ACCESS_KEY";
    private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private static final String ROLE = "AWS_ROLE_ARN";
    private static final String INSTEAD = " Or set CARAVAN_BEDROCK_MODE=embedded to do without AWS.";
    private static final String WHAT_COUNTS =
            "aws_access_key_id with aws_secret_access_key, role_arn with its source, sso_session with sso_account_id and sso_role_name,"
                    + " credential_process, or web_identity_token_file with role_arn";

    private final AwsEnvironment env;
    private final UnaryOperator<String> systemProperties;
    private final AwsFiles files;
    private final BooleanSupplier instanceRole;

    /** @param instanceRole asks the EC2 metadata service; only called when nothing else is there */
    CredentialCheck(
            AwsEnvironment env, UnaryOperator<String> systemProperties, AwsFiles files, BooleanSupplier instanceRole) {
        this.env = env;
        this.systemProperties = systemProperties;
        this.files = files;
        this.instanceRole = instanceRole;
    }

    /** What is wrong and what to do, in one line; empty when there is something to go by. */
    Optional<String> problem() {
        if (env.get("AWS_BEARER_TOKEN_BEDROCK").isPresent()) {
            return Optional.empty();
        }
        boolean propertyId = hasProperty("aws.accessKeyId");
        boolean propertySecret = hasProperty("aws.secretAccessKey");
        if (propertyId || propertySecret) {
            return pair("aws.accessKeyId", propertyId, "aws.secretAccessKey", propertySecret);
        }
        boolean keyId = env.get(KEY_ID).isPresent();
        boolean secret = env.get(SECRET).isPresent();
        if (keyId || secret) {
            return pair(KEY_ID, keyId, SECRET, secret);
        }
        return env.get(TOKEN_FILE).map(this::webIdentity).orElseGet(this::profileThenMachine);
    }

    private boolean hasProperty(String name) {
        String value = systemProperties.apply(name);
        return value != null && !value.isEmpty();
    }

    private static Optional<String> pair(String idName, boolean id, String secretName, boolean secret) {
        if (id && secret) {
            return Optional.empty();
        }
        return Optional.of((id ? idName : secretName) + " is set, but " + (id ? secretName : idName)
                + " is not: a key pair needs both.");
    }

    private Optional<String> webIdentity(String file) {
        if (env.get(ROLE).isEmpty()) {
            return Optional.of(TOKEN_FILE + " is set, but " + ROLE + " is not: a web identity needs both.");
        }
        return readable(file)
                ? Optional.empty()
                : Optional.of(TOKEN_FILE + " = " + file + ": the file cannot be read.");
    }

    private static boolean readable(String file) {
        try {
            return Files.isReadable(Path.of(file));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private Optional<String> profileThenMachine() {
        Optional<Profile> profile = files.profile();
        if (profile.isEmpty() && files.profileNamed()) {
            return Optional.of("The profile " + files.profileName() + " (AWS_PROFILE) is in none of the AWS files: "
                    + files.places() + "." + INSTEAD);
        }
        if (profile.filter(found -> usable(found, new HashSet<>())).isPresent()) {
            return Optional.empty();
        }
        if (files.profileNamed()) {
            return Optional.of(withoutCredentials() + INSTEAD);
        }
        if (ContainerCredentials.configured(env)) {
            return container();
        }
        if (instanceRole.getAsBoolean()) {
            return Optional.empty();
        }
        String found = profile.isPresent()
                ? withoutCredentials() + " No other AWS credentials were found either."
                : "No AWS credentials were found.";
        return Optional.of(found + " Looked for " + String.join(", ", AwsIdentity.places(files)) + " (" + files.places()
                + "). Set one of them." + INSTEAD);
    }

    private Optional<String> container() {
        try {
            new ContainerCredentials(env);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    private String withoutCredentials() {
        return "The profile " + files.profileName() + " in the AWS files (" + files.places()
                + ") has no credentials that can be used: it needs " + WHAT_COUNTS + ".";
    }

    private boolean usable(Profile profile, Set<String> seen) {
        Map<String, String> properties = profile.properties();
        boolean keys = has(properties, "aws_access_key_id", "aws_secret_access_key");
        if (properties.containsKey("role_arn")) {
            boolean assumed = has(properties, "web_identity_token_file")
                    || has(properties, "credential_source")
                    || sourceUsable(profile, keys, seen);
            return assumed || keys && !has(properties, "source_profile");
        }
        boolean sso = has(properties, "sso_session") || has(properties, "sso_start_url");
        return keys
                || sso && has(properties, "sso_account_id", "sso_role_name")
                || has(properties, "credential_process");
    }

    private boolean sourceUsable(Profile profile, boolean keys, Set<String> seen) {
        Optional<String> source = profile.property("source_profile");
        if (source.isEmpty() || !seen.add(profile.name())) {
            return false;
        }
        return source.get().equals(profile.name())
                ? keys
                : files.profile(source.get())
                        .filter(found -> usable(found, seen))
                        .isPresent();
    }

    private static boolean has(Map<String, String> properties, String... names) {
        return List.of(names).stream()
                .allMatch(name ->
                        properties.containsKey(name) && !properties.get(name).isBlank());
    }
}
