package dev.caravan.provider.bedrock;

import static dev.caravan.error.ErrorKind.INVALID_REQUEST;
import static dev.caravan.error.ErrorKind.MODEL_NOT_FOUND;
import static dev.caravan.error.ErrorKind.PROVIDER_ACCESS_DENIED;
import static dev.caravan.error.ErrorKind.PROVIDER_ERROR;
import static dev.caravan.error.ErrorKind.PROVIDER_THROTTLED;
import static dev.caravan.error.ErrorKind.PROVIDER_TIMEOUT;
import static dev.caravan.error.ErrorKind.PROVIDER_UNAVAILABLE;
import static dev.caravan.error.LlmException.Retry.BACKOFF;
import static dev.caravan.error.LlmException.Retry.NEVER;
import static dev.caravan.error.LlmException.Retry.ONCE;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException.Retry;
import java.util.HashMap;
import java.util.Map;

/**
 * AWS's error types and statuses as rows of the error table. Types first; an unknown type keeps the meaning of its
 * status. Names: AWS's service model of bedrock-runtime, and the common errors of its API reference.
 */
final class AwsErrorTable {

    /** What a failure is and what Caravan may do about it. */
    record Row(ErrorKind kind, Retry retry) {}

    private static final Map<String, Row> BY_CODE = byCode();

    private AwsErrorTable() {}

    /**
     * @param code AWS's type, or null
     * @param status HTTP status of the reply
     */
    static Row row(String code, int status) {
        Row row = code == null ? null : BY_CODE.get(code);
        if (row == null && code == null && status / 100 == 4 && status != 400) {
            return untyped(status);
        }
        return row == null ? byStatus(status) : row;
    }

    private static Map<String, Row> byCode() {
        Map<String, Row> rows = new HashMap<>();
        add(
                rows,
                PROVIDER_ACCESS_DENIED,
                NEVER,
                "AccessDeniedException",
                "AccessDenied",
                "UnrecognizedClientException");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "ExpiredTokenException", "ExpiredToken", "RequestExpired");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "InvalidSignatureException", "SignatureDoesNotMatch");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "IncompleteSignature", "IncompleteSignatureException");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "RequestTimeTooSkewed", "RequestInTheFuture");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "InvalidClientTokenId", "InvalidClientTokenIdException");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "MissingAuthenticationToken", "MissingAuthenticationTokenException");
        add(rows, PROVIDER_ACCESS_DENIED, NEVER, "NotAuthorized", "OptInRequired", "MPAgreementBeingCreated");
        add(rows, INVALID_REQUEST, NEVER, "ValidationException", "ConflictException", "SerializationException");
        add(rows, MODEL_NOT_FOUND, NEVER, "ResourceNotFoundException", "FTUFormNotFilled");
        add(rows, PROVIDER_THROTTLED, BACKOFF, "ThrottlingException", "Throttling", "TooManyRequestsException");
        // A used-up quota does not come back in the seconds that a retry waits.
        add(rows, PROVIDER_THROTTLED, NEVER, "ServiceQuotaExceededException");
        // A custom or imported model that is being loaded: 429, yet no throttling.
        add(rows, PROVIDER_UNAVAILABLE, BACKOFF, "ModelNotReadyException");
        add(rows, PROVIDER_UNAVAILABLE, BACKOFF, "ServiceUnavailableException", "ServiceUnavailable");
        add(rows, PROVIDER_TIMEOUT, ONCE, "ModelTimeoutException");
        add(rows, PROVIDER_ERROR, BACKOFF, "InternalServerException", "InternalFailure");
        add(rows, PROVIDER_ERROR, NEVER, "ModelErrorException", "ModelStreamErrorException");
        return Map.copyOf(rows);
    }

    private static void add(Map<String, Row> rows, ErrorKind kind, Retry retry, String... codes) {
        for (String code : codes) {
            rows.put(code, new Row(kind, retry));
        }
    }

    /** AWS names a type when it blames the request; else it is something on the way that does so (a proxy's 404). */
    private static Row untyped(int status) {
        Row row = byStatus(status);
        return row.kind() == INVALID_REQUEST ? new Row(PROVIDER_ERROR, NEVER) : row;
    }

    private static Row byStatus(int status) {
        return switch (status) {
            case 401, 403 -> new Row(PROVIDER_ACCESS_DENIED, NEVER);
            case 408 -> new Row(PROVIDER_TIMEOUT, ONCE);
            case 424 -> new Row(PROVIDER_ERROR, NEVER);
            case 429 -> new Row(PROVIDER_THROTTLED, BACKOFF);
            case 500, 502 -> new Row(PROVIDER_ERROR, BACKOFF);
            case 503 -> new Row(PROVIDER_UNAVAILABLE, BACKOFF);
            case 504 -> new Row(PROVIDER_TIMEOUT, BACKOFF);
            default -> new Row(status / 100 == 4 ? INVALID_REQUEST : PROVIDER_ERROR, NEVER);
        };
    }
}
