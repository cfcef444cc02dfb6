package dev.caravan.emulator.misbehave;

import java.util.Set;
import java.util.TreeSet;

/** Exceptions that come within a stream (botocore service model {@code bedrock-runtime/2023-09-30}). */
public final class StreamErrors {
    private static final Set<String> OF_BOTH = Set.of(
            "InternalServerException",
            "ModelStreamErrorException",
            "ValidationException",
            "ThrottlingException",
            "ServiceUnavailableException");
    private static final String INVOKE_ONLY = "ModelTimeoutException";

    private StreamErrors() {}

    /** Names of those that ConverseStream has. */
    public static Set<String> ofConverse() {
        return new TreeSet<>(OF_BOTH);
    }

    /** Names of those that InvokeModelWithResponseStream has. */
    public static Set<String> ofInvoke() {
        Set<String> all = ofConverse();
        all.add(INVOKE_ONLY);
        return all;
    }
}
