package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;

/**
 * The user's AWS files: {@code AWS_CONFIG_FILE}, {@code AWS_SHARED_CREDENTIALS_FILE}, else {@code ~/.aws/config} and
 * {@code ~/.aws/credentials}; and the profile in use, {@code AWS_PROFILE}, else {@code default}.
 */
final class AwsFiles {
    private final Path config;
    private final Path credentials;
    private final String profileName;
    private final boolean profileNamed;

    /** @param home the user's home directory, where {@code ~} points */
    AwsFiles(AwsEnvironment env, UnaryOperator<String> systemProperties, Path home) {
        this.config = path(env, "AWS_CONFIG_FILE", home, "config");
        this.credentials = path(env, "AWS_SHARED_CREDENTIALS_FILE", home, "credentials");
        Optional<String> named =
                Optional.ofNullable(systemProperties.apply("aws.profile")).or(() -> env.get("AWS_PROFILE"));
        this.profileNamed = named.isPresent();
        this.profileName = named.orElse("default");
    }

    /** The home directory as the SDK and the AWS CLI find it. */
    static Path home() {
        String home = System.getenv("HOME");
        return Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home);
    }

    private static Path path(AwsEnvironment env, String variable, Path home, String name) {
        return env.get(variable)
                .map(text -> text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text))
                .orElseGet(() -> home.resolve(".aws").resolve(name));
    }

    String profileName() {
        return profileName;
    }

    /** Whether the user named a profile, rather than falling to {@code default}. */
    boolean profileNamed() {
        return profileNamed;
    }

    /** Where profiles were looked for, for messages. */
    String places() {
        return credentials + ", " + config;
    }

    /** The profile in use, empty when no file has it. */
    Optional<Profile> profile() {
        return profile(profileName);
    }

    Optional<Profile> profile(String name) {
        return read().profile(name);
    }

    Optional<String> profileRegion() {
        return profile().flatMap(profile -> profile.property("region")).filter(region -> !region.isBlank());
    }

    /** @throws IllegalArgumentException when a file is there but cannot be read */
    private ProfileFile read() {
        try {
            return supplier().get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("The AWS files (" + places() + ") cannot be read: " + e.getMessage(), e);
        }
    }

    /** The files for SDK providers, which re-read a file that was changed. */
    ProfileFileSupplier supplier() {
        List<ProfileFileSupplier> files = new ArrayList<>(3);
        files.add(ProfileFileSupplier.fixedProfileFile(ProfileFile.aggregator().build()));
        if (Files.isRegularFile(credentials)) {
            files.add(ProfileFileSupplier.reloadWhenModified(credentials, ProfileFile.Type.CREDENTIALS));
        }
        if (Files.isRegularFile(config)) {
            files.add(ProfileFileSupplier.reloadWhenModified(config, ProfileFile.Type.CONFIGURATION));
        }
        // An aggregate of nothing gives null.
        return files.isEmpty()
                ? ProfileFileSupplier.fixedProfileFile(ProfileFile.aggregator().build())
                : ProfileFileSupplier.aggregate(files.toArray(ProfileFileSupplier[]::new));
    }
}
