package dev.caravan.emulator;

import dev.caravan.config.Secret;
import java.util.Objects;
import java.util.Optional;

/** Who may call the emulator. */
public final class EmulatorAuth {
    private final String accessKeyId;
    private final Secret secretKey;

    private EmulatorAuth(String accessKeyId, Secret secretKey) {
        this.accessKeyId = accessKeyId;
        this.secretKey = secretKey;
    }

    /** Anyone with a well-formed Signature Version 4 or bearer token. */
    public static EmulatorAuth any() {
        return new EmulatorAuth(null, null);
    }

    /** Only who signs with this pair; the signature is checked. */
    public static EmulatorAuth only(String accessKeyId, Secret secretKey) {
        return new EmulatorAuth(Objects.requireNonNull(accessKeyId), Objects.requireNonNull(secretKey));
    }

    Optional<String> accessKeyId() {
        return Optional.ofNullable(accessKeyId);
    }

    Optional<Secret> secretKey() {
        return Optional.ofNullable(secretKey);
    }
}
