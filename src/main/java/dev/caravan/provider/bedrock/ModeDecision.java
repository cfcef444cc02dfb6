package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Decides between AWS and the embedded Bedrock by {@code caravan.bedrock.mode}. {@code auto} means AWS as soon as an
 * endpoint is set, a variable tells of credentials, the user's AWS files have a default profile, or the machine is an
 * EC2 instance with a role; else the embedded Bedrock, but never inside a host application.
 */
public final class ModeDecision {
    private static final List<String> VARIABLES = List.of(
            "AWS_ACCESS_KEY_ID",
            "AWS_PROFILE",
            "AWS_BEARER_TOKEN_BEDROCK",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    private static final List<String> VENDOR_FILES =
            List.of("sys/class/dmi/id/sys_vendor", "sys/class/dmi/id/board_vendor");
    private static final String EC2_VENDOR = "Amazon EC2";

    private final Path root;
    private final Path home;
    private final UnaryOperator<String> systemProperties;
    private final ImdsProbe imds;

    /**
     * @param embedded whether calls go to the embedded Bedrock
     * @param reason what decided, for the banner: {@code AWS_PROFILE is set}
     * @param lookedFor where credentials were looked for, in order
     * @param problem ends the start of Caravan alone: no credentials that can be used were found; empty when fine
     * @param warning for the log of a host application, where each call will fail by the same; empty when fine
     */
    public record Decision(
            boolean embedded,
            String reason,
            List<String> lookedFor,
            Optional<String> problem,
            Optional<String> warning) {}

    /**
     * @param root of the file system
     * @param home of the user
     */
    ModeDecision(Path root, Path home, UnaryOperator<String> systemProperties, ImdsProbe imds) {
        this.root = root;
        this.home = home;
        this.systemProperties = systemProperties;
        this.imds = imds;
    }

    /**
     * Decides for this machine. Takes up to a second where the EC2 metadata service is asked.
     *
     * @param standalone whether Caravan runs alone, not inside a host application
     * @throws IllegalArgumentException when the user's AWS files are broken
     */
    public static Decision decide(Settings settings, boolean standalone) {
        return new ModeDecision(Path.of("/"), AwsFiles.home(), System::getProperty, ImdsProbe::ask)
                .of(settings, standalone);
    }

    Decision of(Settings settings, boolean standalone) {
        AwsFiles files = new AwsFiles(settings.aws(), systemProperties, home);
        List<String> lookedFor = AwsIdentity.places(files);
        Settings.Mode mode = settings.bedrock().mode();
        if (mode == Settings.Mode.EMBEDDED) {
            return new Decision(true, "caravan.bedrock.mode=embedded", lookedFor, Optional.empty(), Optional.empty());
        }
        BooleanSupplier instanceRole = instanceRole(settings.aws());
        Optional<String> credentials =
                mode == Settings.Mode.AWS ? Optional.empty() : credentials(settings.aws(), files, instanceRole);
        boolean endpoint = settings.bedrock().endpoint().isPresent();
        if (mode == Settings.Mode.AUTO && credentials.isEmpty() && !endpoint && standalone) {
            return new Decision(true, "no AWS credentials were found", lookedFor, Optional.empty(), Optional.empty());
        }
        // From here on it is AWS: every place counts, those too that do not decide by themselves.
        Optional<String> problem = new CredentialCheck(settings.aws(), systemProperties, files, instanceRole).problem();
        String reason = mode == Settings.Mode.AWS
                ? "caravan.bedrock.mode=aws"
                : endpoint
                        ? "caravan.bedrock.endpoint is set"
                        : credentials.orElse("Caravan is part of an application");
        return new Decision(
                false,
                reason,
                lookedFor,
                standalone ? problem : Optional.empty(),
                standalone ? Optional.empty() : problem);
    }

    /** What tells of credentials; empty when nothing does. */
    private Optional<String> credentials(AwsEnvironment env, AwsFiles files, BooleanSupplier instanceRole) {
        for (String variable : VARIABLES) {
            if (env.get(variable).isPresent()) {
                return Optional.of(variable + " is set");
            }
        }
        if (files.profile().isPresent()) {
            return Optional.of("the AWS files have the profile " + files.profileName());
        }
        return madeByEc2() && instanceRole.getAsBoolean()
                ? Optional.of("this EC2 instance has a role")
                : Optional.empty();
    }

    /** Asks at most once. */
    private BooleanSupplier instanceRole(AwsEnvironment env) {
        AtomicReference<Boolean> known = new AtomicReference<>();
        return () -> {
            if (known.get() == null) {
                known.set(!AwsIdentity.disabled(env, "AWS_EC2_METADATA_DISABLED") && imds.hasRole(env));
            }
            return known.get();
        };
    }

    private boolean madeByEc2() {
        for (String name : VENDOR_FILES) {
            Path file = root.resolve(name);
            try {
                if (Files.isReadable(file) && Files.readString(file).strip().equals(EC2_VENDOR)) {
                    return true;
                }
            } catch (IOException e) {
                // A vendor that cannot be read is as good as another vendor.
                continue;
            }
        }
        return false;
    }
}
