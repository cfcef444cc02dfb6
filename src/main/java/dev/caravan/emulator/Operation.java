package dev.caravan.emulator;

import java.util.Arrays;
import java.util.Optional;

/** Operations on a model, by the last segment of their path (botocore service model {@code bedrock-runtime}). */
enum Operation {
    INVOKE("InvokeModel", "invoke", true),
    COUNT_TOKENS("CountTokens", "count-tokens", true),
    INVOKE_STREAM("InvokeModelWithResponseStream", "invoke-with-response-stream", true),
    CONVERSE("Converse", "converse", true),
    CONVERSE_STREAM("ConverseStream", "converse-stream", true),
    BIDIRECTIONAL("InvokeModelWithBidirectionalStream", "invoke-with-bidirectional-stream", false);

    private final String awsName;
    private final String path;
    private final boolean served;

    Operation(String awsName, String path, boolean served) {
        this.awsName = awsName;
        this.path = path;
        this.served = served;
    }

    static Optional<Operation> byPath(String lastSegment) {
        return Arrays.stream(values())
                .filter(operation -> operation.path.equals(lastSegment))
                .findFirst();
    }

    String awsName() {
        return awsName;
    }

    /** Whether its answer is a stream. */
    boolean streams() {
        return this == INVOKE_STREAM || this == CONVERSE_STREAM;
    }

    /** Whether the emulator has it. */
    boolean served() {
        return served;
    }
}
