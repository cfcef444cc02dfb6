package dev.caravan.provider.bedrock;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.DefaultAwsResponseMetadata;
import software.amazon.awssdk.awscore.util.AwsHeader;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * The {@code BedrockRuntimeClient} that Camel's aws-bedrock component calls: a thin adapter over the wire. It
 * answers {@link #invokeModel(InvokeModelRequest)} only; every other operation refuses with {@link
 * UnsupportedOperationException}, as the interface's default methods do.
 *
 * <p>Of the request's override configuration it takes the API call timeout (else the configured total), the headers
 * and {@link BedrockProvider#CANCELLATION}. The HTTP bindings are those of the {@code InvokeModel} shape in AWS's service model.
 */
final class WireBedrockClient implements BedrockRuntimeClient {
    private static final int OK = 200;

    private final BedrockWire wire;
    private final Duration defaultTimeout;

    /** @param wire is not closed by this client */
    WireBedrockClient(BedrockWire wire, Duration defaultTimeout) {
        this.wire = wire;
        this.defaultTimeout = defaultTimeout;
    }

    /**
     * Blocks until the whole reply is there.
     *
     * @throws software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException for every status but
     *     200, always with error details
     * @throws SdkClientException when no reply came
     * @throws dev.caravan.error.LlmException when there are no credentials or a header cannot be sent
     */
    @Override
    public InvokeModelResponse invokeModel(InvokeModelRequest request) {
        BedrockWire.Reply reply = await(request);
        if (reply.status() != OK) {
            throw BedrockExceptions.of(reply);
        }
        InvokeModelResponse.Builder response = InvokeModelResponse.builder()
                .body(SdkBytes.fromByteArrayUnsafe(reply.body()))
                .contentType(reply.header("content-type"))
                .performanceConfigLatency(reply.header("x-amzn-bedrock-performanceconfig-latency"))
                .serviceTier(reply.header("x-amzn-bedrock-service-tier"));
        String requestId = Objects.requireNonNullElse(reply.header("x-amzn-requestid"), "UNKNOWN");
        response.responseMetadata(DefaultAwsResponseMetadata.create(Map.of(AwsHeader.AWS_REQUEST_ID, requestId)));
        response.sdkHttpResponse(BedrockExceptions.response(reply));
        return response.build();
    }

    private BedrockWire.Reply await(InvokeModelRequest request) {
        Cancellation cancellation = new Cancellation();
        Cancellation outer = request.overrideConfiguration()
                .map(override -> override.executionAttributes().getAttribute(BedrockProvider.CANCELLATION))
                .orElse(null);
        Cancellation.Registration chained = outer == null ? () -> {} : outer.onCancel(cancellation::cancel);
        try {
            return await(wire.send(call(request, cancellation)), cancellation);
        } finally {
            chained.close();
        }
    }

    private static BedrockWire.Reply await(CompletableFuture<BedrockWire.Reply> future, Cancellation cancellation) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            cancellation.cancel();
            Thread.currentThread().interrupt();
            throw AbortedException.create("Interrupted while waiting for Bedrock", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw SdkClientException.create("The call to Bedrock failed", e.getCause());
        }
    }

    private BedrockWire.Call call(InvokeModelRequest request, Cancellation cancellation) {
        if (request.modelId() == null) {
            throw SdkClientException.create("An InvokeModel request needs a model id");
        }
        Duration timeout = request.overrideConfiguration()
                .flatMap(AwsRequestOverrideConfiguration::apiCallTimeout)
                .orElse(defaultTimeout);
        byte[] body = request.body() == null ? new byte[0] : request.body().asByteArrayUnsafe();
        return new BedrockWire.Call(
                BedrockWire.Operation.INVOKE, request.modelId(), headers(request), body, timeout, cancellation);
    }

    private static Map<String, String> headers(InvokeModelRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        put(headers, "Content-Type", Objects.requireNonNullElse(request.contentType(), "application/json"));
        put(headers, "Accept", request.accept());
        put(headers, "X-Amzn-Bedrock-Trace", request.traceAsString());
        put(headers, "X-Amzn-Bedrock-GuardrailIdentifier", request.guardrailIdentifier());
        put(headers, "X-Amzn-Bedrock-GuardrailVersion", request.guardrailVersion());
        put(headers, "X-Amzn-Bedrock-PerformanceConfig-Latency", request.performanceConfigLatencyAsString());
        put(headers, "X-Amzn-Bedrock-Service-Tier", request.serviceTierAsString());
        put(headers, "X-Amzn-Bedrock-Request-Metadata", request.requestMetadata());
        request.overrideConfiguration()
                .map(AwsRequestOverrideConfiguration::headers)
                .orElse(Map.of())
                .forEach((name, values) -> put(headers, name, joined(values)));
        return headers;
    }

    private static String joined(List<String> values) {
        return String.join(",", values);
    }

    private static void put(Map<String, String> headers, String name, String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /** Does nothing: whoever made the wire closes it. */
    @Override
    public void close() {}
}
