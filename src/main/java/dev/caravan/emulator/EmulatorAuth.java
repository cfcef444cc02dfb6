package dev.caravan.emulator;

import dev.caravan.config.Secret;
import dev.caravan.emulator.aws.Authenticator;
import dev.caravan.emulator.aws.AwsErrorType;
import java.time.Clock;
import java.util.Objects;

/** Who may call the emulator. */
public final class EmulatorAuth {
    private final String accessKeyId;
    private final Secret secretKey;
    private final AwsErrorType mismatch;

    private EmulatorAuth(String accessKeyId, Secret secretKey, AwsErrorType mismatch) {
        this.accessKeyId = accessKeyId;
        this.secretKey = secretKey;
        this.mismatch = mismatch;
    }

    /** Anyone with a well-formed Signature Version 4 or bearer token. */
    public static EmulatorAuth any() {
        return new EmulatorAuth(null, null, AwsErrorType.UNRECOGNIZED_CLIENT);
    }

    /** Only who signs with this pair; who does not is no client it knows, whichever half of the pair is wrong. */
    public static EmulatorAuth only(String accessKeyId, Secret secretKey) {
        return pair(accessKeyId, secretKey, AwsErrorType.UNRECOGNIZED_CLIENT);
    }

    /** The same, but a wrong signature by the right key id is called that, as AWS does. */
    public static EmulatorAuth asAws(String accessKeyId, Secret secretKey) {
        return pair(accessKeyId, secretKey, AwsErrorType.INVALID_SIGNATURE);
    }

    private static EmulatorAuth pair(String accessKeyId, Secret secretKey, AwsErrorType mismatch) {
        return new EmulatorAuth(Objects.requireNonNull(accessKeyId), Objects.requireNonNull(secretKey), mismatch);
    }

    Authenticator authenticator(Clock clock) {
        return new Authenticator(accessKeyId, secretKey, mismatch, clock);
    }
}
