package dev.caravan.emulator.aws;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Errors of the Bedrock runtime API, by the names that AWS sends in {@code x-amzn-ErrorType}.
 *
 * <p>Names and statuses: botocore service model {@code bedrock-runtime/2023-09-30} for the modelled ones, AWS General
 * Reference "Common errors" for the others. The text is what users
 * of the service report; for rare errors, of which no text is known, it is of our own.
 */
public enum AwsErrorType {
    ACCESS_DENIED("AccessDeniedException", 403, "You don't have access to the model with the specified model ID."),
    VALIDATION("ValidationException", 400, "Malformed input request, please reformat your input and try again."),
    RESOURCE_NOT_FOUND(
            "ResourceNotFoundException",
            404,
            "This model version has reached the end of its life. Please refer to the AWS documentation for more"
                    + " details."),
    THROTTLING("ThrottlingException", 429, "Too many requests, please wait before trying again."),
    MODEL_NOT_READY(
            "ModelNotReadyException", 429, "Model is not ready for inference. Wait and try your request again."),
    SERVICE_QUOTA_EXCEEDED(
            "ServiceQuotaExceededException", 400, "Your request exceeds the service quota for your account."),
    MODEL_TIMEOUT(
            "ModelTimeoutException", 408, "Model has timed out in processing the request. Try your request again."),
    MODEL_ERROR("ModelErrorException", 424, Texts.UNEXPECTED),
    MODEL_STREAM_ERROR("ModelStreamErrorException", 424, Texts.UNEXPECTED),
    INTERNAL_SERVER("InternalServerException", 500, Texts.UNEXPECTED),
    SERVICE_UNAVAILABLE("ServiceUnavailableException", 503, "Bedrock is unable to process your request."),
    CONFLICT("ConflictException", 400, "The request conflicts with the state of the resource."),
    UNRECOGNIZED_CLIENT("UnrecognizedClientException", 403, "The security token included in the request is invalid."),
    EXPIRED_TOKEN("ExpiredTokenException", 403, "The security token included in the request is expired"),
    MISSING_AUTHENTICATION_TOKEN("MissingAuthenticationTokenException", 403, "Missing Authentication Token"),
    INVALID_SIGNATURE(
            "InvalidSignatureException",
            403,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                    + " Access Key and signing method. Consult the service documentation for details."),
    INCOMPLETE_SIGNATURE_EXCEPTION("IncompleteSignatureException", 400, Texts.INCOMPLETE),
    UNKNOWN_OPERATION("UnknownOperationException", 404, "The requested operation does not exist."),
    INCOMPLETE_SIGNATURE("IncompleteSignature", 400, Texts.INCOMPLETE),
    INVALID_ACTION("InvalidAction", 400, "The requested action is not valid."),
    INVALID_CLIENT_TOKEN_ID("InvalidClientTokenId", 403, "The security token included in the request is invalid."),
    NOT_AUTHORIZED("NotAuthorized", 400, "You do not have permission to perform this action."),
    REQUEST_EXPIRED("RequestExpired", 400, "The request has expired."),
    FTU_FORM_NOT_FILLED(
            "FTUFormNotFilled",
            404,
            "Model use case details have not been submitted for this account. Fill out the Anthropic use case details"
                    + " form before using the model."),
    INTERNAL_FAILURE("InternalFailure", 500, Texts.UNEXPECTED),
    MP_AGREEMENT_BEING_CREATED(
            "MPAgreementBeingCreated", 403, "The Marketplace agreement for this model is being created.");

    private static final Map<String, AwsErrorType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(type -> type.typeName, Function.identity()));

    private final String typeName;
    private final int status;
    private final String text;

    AwsErrorType(String typeName, int status, String text) {
        this.typeName = typeName;
        this.status = status;
        this.text = text;
    }

    /** Finds a type by AWS's name, letter case included. */
    public static Optional<AwsErrorType> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** AWS's name: {@code ThrottlingException}. */
    public String typeName() {
        return typeName;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** What AWS says in the usual case, as far as known. */
    public String text() {
        return text;
    }

    /** Texts that several types share; a nested class because enum constants cannot see later static fields. */
    private static final class Texts {
        static final String UNEXPECTED =
                "The system encountered an unexpected error during processing. Try your request again.";
        static final String INCOMPLETE = "The request signature does not include all of the required components.";
    }
}
