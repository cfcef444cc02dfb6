package dev.caravan.trunk;

import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Json;
import java.util.Optional;
import org.apache.camel.Exchange;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** The plain steps of one attempt, in the order of the route. */
final class AttemptSteps {
    private static final String JSON = "application/json";
    private static final String METADATA_HEADER = "X-Amzn-Bedrock-Request-Metadata";
    private static final String COUNT_HEADER = "X-Amzn-Bedrock-%s-Token-Count";

    private AttemptSteps() {}

    /** No further attempt for a caller who has gone, or when the time is up. */
    static void requireWanted(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.upstreamEnds();
        if (call.cancellation().isCancelled()) {
            throw LlmException.of(ErrorKind.OVERLOADED, "The caller has gone; nothing more is called.");
        }
        if (call.remaining().toMillis() <= 0) {
            throw timedOut();
        }
    }

    static LlmException timedOut() {
        return LlmException.of(
                ErrorKind.PROVIDER_TIMEOUT, "The request took longer than caravan.timeout.total allows.");
    }

    /** The body in the model's own format, as the request that the aws-bedrock component takes in POJO mode. */
    static void writeFormat(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        byte[] body = call.format().write(call.request(), call.resolved().model());
        InvokeModelRequest request = InvokeModelRequest.builder()
                .modelId(call.resolved().callId())
                .contentType(JSON)
                .accept(JSON)
                .body(SdkBytes.fromByteArrayUnsafe(body))
                .overrideConfiguration(options -> {
                    options.apiCallTimeout(call.remaining());
                    options.putExecutionAttribute(BedrockProvider.CANCELLATION, call.cancellation());
                    if (!call.request().metadata().isEmpty()) {
                        options.putHeader(
                                METADATA_HEADER,
                                Json.mapper()
                                        .valueToTree(call.request().metadata())
                                        .toString());
                    }
                })
                .build();
        exchange.getMessage().setBody(request);
    }

    /**
     * Counts what is about to be paid for. The component passes a body of another type through without a call and
     * without a word, so the type is checked here.
     */
    static void beginCall(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof InvokeModelRequest)) {
            throw new IllegalStateException("the body before the paid call is not an InvokeModelRequest");
        }
        TrunkCall call = TrunkCall.of(exchange);
        call.countAttempt();
        call.upstreamBegins();
    }

    static void readReply(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.upstreamEnds();
        if (!(exchange.getMessage().getBody() instanceof InvokeModelResponse response)) {
            throw new IllegalStateException("the body after the paid call is not an InvokeModelResponse");
        }
        Usage counted = counted(response.sdkHttpResponse());
        try {
            FormatReply reply = call.format().read(response.body().asByteArrayUnsafe(), counted);
            call.reply(reply);
        } catch (LlmException e) {
            throw counted.equals(Usage.UNKNOWN)
                    ? e
                    : e.toBuilder().usage(counted).build();
        }
    }

    private static Usage counted(SdkHttpResponse response) {
        return new Usage(
                count(response, "Input"),
                count(response, "Output"),
                count(response, "Cache-Read-Input"),
                count(response, "Cache-Write-Input"));
    }

    private static Long count(SdkHttpResponse response, String what) {
        Optional<String> value =
                response == null ? Optional.empty() : response.firstMatchingHeader(COUNT_HEADER.formatted(what));
        return value.filter(digits -> digits.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .orElse(null);
    }
}
