package dev.caravan.provider.bedrock;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;

/**
 * Reads what a call to Bedrock failed by as a row of the error table: AWS's type first, then its text, then the HTTP
 * status. The message keeps AWS's words, at most 2000 characters of them. Both transports read alike.
 */
public final class BedrockErrors {
    private static final String MODEL_ERROR = "ModelErrorException";
    private static final int MAX_CODE = 64;

    private BedrockErrors() {}

    /** The failure that a call ended with: an SDK exception, or one of ours, which stays as it is. */
    public static LlmException toLlm(Throwable failure) {
        return toLlm(failure, Clock.systemUTC());
    }

    /** @param clock reads a Retry-After that is a date */
    public static LlmException toLlm(Throwable failure, Clock clock) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LlmException known) {
                return known;
            }
            if (cause instanceof SdkServiceException answered) {
                return fromReply(answered, clock);
            }
        }
        return ConnectionFailures.toLlm(failure);
    }

    /** The failure that a reply other than 200 stands for. */
    public static LlmException toLlm(BedrockWire.Reply reply, Clock clock) {
        return toLlm(BedrockExceptions.of(reply), clock);
    }

    /**
     * Whether AWS's text says that a model is legacy or past its end of life, so that naming a successor helps.
     *
     * @param message AWS's text or an {@link LlmException}'s; may be null
     */
    public static boolean isRetiredModel(String message) {
        return contains(message, "end of its life") || contains(message, "marked by provider as legacy");
    }

    private static LlmException fromReply(SdkServiceException answered, Clock clock) {
        Optional<AwsErrorDetails> details = details(answered);
        int status = answered.statusCode();
        String code = details.map(AwsErrorDetails::errorCode)
                .filter(BedrockErrors::isCode)
                .orElse(null);
        String message = details.isPresent() ? details.get().errorMessage() : answered.getMessage();
        AwsErrorTable.Row row = row(code, status, message, answered);
        LlmException.Builder llm = LlmException.builder(row.kind(), detail(code, status, message))
                .retry(row.retry())
                .providerCode(code)
                .cause(answered);
        if (isModelError(code, status) || row.kind() == ErrorKind.PROVIDER_ERROR && status / 100 == 4) {
            llm.retryable(row.retry() != Retry.NEVER);
        }
        details.map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(http -> retryAfter(http))
                .flatMap(text -> RetryAfter.parse(text, clock))
                .ifPresent(llm::retryAfter);
        return llm.build();
    }

    /** AWS's types are one word; what else stands there goes to no caller. */
    private static boolean isCode(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_CODE
                && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    }

    /** Absent when a hand-made exception carries none. */
    private static Optional<AwsErrorDetails> details(SdkServiceException answered) {
        return answered instanceof AwsServiceException aws
                ? Optional.ofNullable(aws.awsErrorDetails())
                : Optional.empty();
    }

    private static Optional<String> retryAfter(SdkHttpResponse http) {
        return http.firstMatchingHeader("Retry-After");
    }

    private static AwsErrorTable.Row row(String code, int status, String message, SdkServiceException answered) {
        AwsErrorTable.Row row = AwsErrorTable.row(code, status);
        if (row.kind() == ErrorKind.INVALID_REQUEST && contains(message, "model identifier is invalid")) {
            return new AwsErrorTable.Row(ErrorKind.MODEL_NOT_FOUND, Retry.NEVER);
        }
        if (isModelError(code, status) && mayPass(answered)) {
            return new AwsErrorTable.Row(ErrorKind.PROVIDER_ERROR, Retry.BACKOFF);
        }
        return row;
    }

    private static boolean isModelError(String code, int status) {
        return MODEL_ERROR.equals(code) || "ModelStreamErrorException".equals(code) || code == null && status == 424;
    }

    private static boolean mayPass(SdkServiceException answered) {
        Integer original = null;
        if (answered instanceof ModelErrorException model) {
            original = model.originalStatusCode();
        } else if (answered instanceof ModelStreamErrorException stream) {
            original = stream.originalStatusCode();
        }
        return original != null && (original == 429 || original / 100 == 5);
    }

    private static String detail(String code, int status, String message) {
        String said = BedrockText.bounded(message);
        if (said.isEmpty()) {
            said = "Bedrock answered with HTTP " + status + (code == null ? "" : " (" + BedrockText.bounded(code) + ")")
                    + " and no message.";
        }
        String hint = hint(message);
        return hint.isEmpty() ? said : said + " " + hint;
    }

    private static String hint(String message) {
        // AWS writes a typographic apostrophe; others quote it with a plain one.
        if (contains(message, "with on-demand throughput isn")) {
            return "(This model is served through an inference profile only: name the profile as the model, such as"
                    + " us.… or global.…. So that Caravan chooses it: caravan.bedrock.profile must not be none, and"
                    + " the model needs profile_only: true in a file of caravan.catalogue when the shipped one lacks it.)";
        }
        if (contains(message, "use case details have not been submitted")) {
            return "(Submit the use case form once per account, in the Bedrock console under model access.)";
        }
        if (isRetiredModel(message)) {
            return "(AWS has retired this model or is about to: choose a newer one, see GET /v1/models.)";
        }
        return "";
    }

    private static boolean contains(String message, String part) {
        return message != null && message.toLowerCase(Locale.ROOT).contains(part);
    }
}
