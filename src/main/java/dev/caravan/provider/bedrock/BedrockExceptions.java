package dev.caravan.provider.bedrock;

import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ConflictException;
import software.amazon.awssdk.services.bedrockruntime.model.InternalServerException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceUnavailableException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Makes of an error reply the exception that the SDK's own client would throw, always with error details. */
final class BedrockExceptions {
    private static final Map<String, Supplier<BedrockRuntimeException.Builder>> MODELLED = Map.ofEntries(
            Map.entry("AccessDeniedException", AccessDeniedException::builder),
            Map.entry("ConflictException", ConflictException::builder),
            Map.entry("InternalServerException", InternalServerException::builder),
            Map.entry("ModelNotReadyException", ModelNotReadyException::builder),
            Map.entry("ModelTimeoutException", ModelTimeoutException::builder),
            Map.entry("ResourceNotFoundException", ResourceNotFoundException::builder),
            Map.entry("ServiceQuotaExceededException", ServiceQuotaExceededException::builder),
            Map.entry("ServiceUnavailableException", ServiceUnavailableException::builder),
            Map.entry("ThrottlingException", ThrottlingException::builder),
            Map.entry("ValidationException", ValidationException::builder));

    private BedrockExceptions() {}

    /** @param reply with a status other than 200 */
    static BedrockRuntimeException of(BedrockWire.Reply reply) {
        ErrorReply error = ErrorReply.of(reply);
        BedrockRuntimeException.Builder builder = builder(error)
                .statusCode(reply.status())
                .requestId(reply.header("x-amzn-requestid"))
                .message(error.message())
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(error.code())
                        .errorMessage(error.message())
                        .serviceName("BedrockRuntime")
                        .sdkHttpResponse(response(reply))
                        .rawResponse(SdkBytes.fromByteArrayUnsafe(reply.body()))
                        .build());
        return (BedrockRuntimeException) builder.build();
    }

    private static BedrockRuntimeException.Builder builder(ErrorReply error) {
        if (error.code() == null) {
            return BedrockRuntimeException.builder();
        }
        if (error.code().equals("ModelErrorException")) {
            return ModelErrorException.builder()
                    .originalStatusCode(error.number("originalStatusCode"))
                    .resourceName(error.text("resourceName"));
        }
        if (error.code().equals("ModelStreamErrorException")) {
            return ModelStreamErrorException.builder()
                    .originalStatusCode(error.number("originalStatusCode"))
                    .originalMessage(error.text("originalMessage"));
        }
        return MODELLED.getOrDefault(error.code(), BedrockRuntimeException::builder)
                .get();
    }

    /** Status and headers in the SDK's form. */
    static SdkHttpResponse response(BedrockWire.Reply reply) {
        return SdkHttpResponse.builder()
                .statusCode(reply.status())
                .headers(reply.headers())
                .build();
    }
}
