package dev.caravan.emulator.aws;

import dev.caravan.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Decides who may call: anyone with a well-formed signature or bearer token, or one key pair only.
 *
 * <p>With a pair the signature and its date are checked as AWS does; only what a wrong signature is called can differ. A session token is not compared, but as every
 * signed header it is part of the signature.
 */
public final class Authenticator {
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +[A-Za-z0-9._~+/-]+=*");
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final String SERVICE = "bedrock";

    private final String accessKeyId;
    private final Secret secretKey;
    private final AwsErrorType mismatch;
    private final Clock clock;

    /**
     * @param accessKeyId the only key id that may call, or null for any well-formed signature or bearer token
     * @param secretKey its secret, or null
     * @param mismatch what a signature that the secret does not make is answered with
     */
    public Authenticator(String accessKeyId, Secret secretKey, AwsErrorType mismatch, Clock clock) {
        this.accessKeyId = accessKeyId;
        this.secretKey = secretKey;
        this.mismatch = mismatch;
        this.clock = clock;
    }

    /** @throws AwsFailure when the caller is refused */
    public void check(HttpCall call) {
        String authorization = call.header("authorization");
        if (authorization == null || authorization.isBlank()) {
            throw AwsFailure.of(AwsErrorType.MISSING_AUTHENTICATION_TOKEN);
        }
        if (authorization.startsWith(SigV4Header.ALGORITHM + " ")) {
            checkSignature(call, SigV4Header.parse(authorization));
        } else if (accessKeyId != null || !BEARER.matcher(authorization.trim()).matches()) {
            throw AwsFailure.of(AwsErrorType.UNRECOGNIZED_CLIENT);
        }
    }

    private void checkSignature(HttpCall call, SigV4Header header) {
        if (!SERVICE.equals(header.service())) {
            throw invalid("Credential should be scoped to correct service: '" + SERVICE + "'. ");
        }
        String amzDate = call.header("x-amz-date");
        Instant signed = parseDate(amzDate);
        if (accessKeyId == null) {
            return;
        }
        if (!accessKeyId.equals(header.accessKeyId())) {
            throw AwsFailure.of(AwsErrorType.UNRECOGNIZED_CLIENT);
        }
        checkDate(amzDate, signed, header);
        String expected = SigV4.signature(call, header, amzDate, secretKey.reveal());
        if (!sameText(expected, header.signature()) || !bodyMatches(call) || !tokenIsSigned(call, header)) {
            throw AwsFailure.of(mismatch);
        }
    }

    private static Instant parseDate(String amzDate) {
        if (amzDate == null) {
            throw AwsFailure.of(
                    AwsErrorType.INCOMPLETE_SIGNATURE_EXCEPTION,
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        }
        try {
            return AMZ_DATE.parse(amzDate, Instant::from);
        } catch (DateTimeException e) {
            throw AwsFailure.of(
                    AwsErrorType.INCOMPLETE_SIGNATURE_EXCEPTION,
                    "Date must be in ISO-8601 'basic format'. Got '" + amzDate + "'. See"
                            + " http://en.wikipedia.org/wiki/ISO_8601");
        }
    }

    private void checkDate(String amzDate, Instant signed, SigV4Header header) {
        if (!amzDate.startsWith(header.date())) {
            throw invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"
                    + header.date() + "' != '" + amzDate.substring(0, 8) + "', from '" + amzDate + "'.");
        }
        Instant now = clock.instant();
        if (signed.isBefore(now.minus(SKEW))) {
            throw invalid("Signature expired: " + amzDate + " is now earlier than " + AMZ_DATE.format(now.minus(SKEW))
                    + " (" + AMZ_DATE.format(now) + " - 5 min.)");
        }
        if (signed.isAfter(now.plus(SKEW))) {
            throw invalid("Signature not yet current: " + amzDate + " is still later than "
                    + AMZ_DATE.format(now.plus(SKEW)) + " (" + AMZ_DATE.format(now) + " + 5 min.)");
        }
    }

    /** A declared hash must be that of the body; words such as UNSIGNED-PAYLOAD are signed as they stand. */
    private static boolean bodyMatches(HttpCall call) {
        String declared = call.header("x-amz-content-sha256");
        return declared == null || !HASH.matcher(declared).matches() || sameText(declared, SigV4.sha256(call.body()));
    }

    private static boolean tokenIsSigned(HttpCall call, SigV4Header header) {
        String name = "x-amz-security-token";
        return call.header(name) == null || header.signedHeaders().contains(name);
    }

    private static boolean sameText(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static AwsFailure invalid(String message) {
        return AwsFailure.of(AwsErrorType.INVALID_SIGNATURE, message);
    }
}
