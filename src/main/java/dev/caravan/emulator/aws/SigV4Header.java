package dev.caravan.emulator.aws;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parts of an {@code Authorization: AWS4-HMAC-SHA256 …} header.
 *
 * @param accessKeyId who signed
 * @param date day of the credential scope, {@code yyyyMMdd}
 * @param region region of the scope
 * @param service service of the scope
 * @param signedHeaders names in lower case, as listed
 * @param signature 64 hexadecimal digits
 */
record SigV4Header(
        String accessKeyId, String date, String region, String service, List<String> signedHeaders, String signature) {

    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Pattern DAY = Pattern.compile("[0-9]{8}");
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");

    /** @throws AwsFailure IncompleteSignatureException naming what is missing or malformed */
    static SigV4Header parse(String header) {
        Map<String, String> parts = new HashMap<>();
        for (String part : header.substring(ALGORITHM.length()).split(",")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals).trim(),
                        part.substring(equals + 1).trim());
            }
        }
        requireAll(parts);
        String credential = parts.get("Credential");
        String[] scope = credential.split("/");
        if (scope.length != 5 || !DAY.matcher(scope[1]).matches() || !"aws4_request".equals(scope[4])) {
            throw incomplete("Credential must have exactly 5 slash-delimited elements, e.g."
                    + " keyid/date/region/service/term, got '" + credential + "'");
        }
        String signature = parts.get("Signature");
        List<String> signed = List.of(parts.get("SignedHeaders").split(";"));
        if (!SIGNATURE.matcher(signature).matches()) {
            throw incomplete("Authorization header has a malformed 'Signature' parameter.");
        }
        if (!signed.contains("host")) {
            throw AwsFailure.of(
                    AwsErrorType.INVALID_SIGNATURE,
                    "'Host' or ':authority' must be a 'SignedHeader' in" + " the AWS Authorization.");
        }
        return new SigV4Header(scope[0], scope[1], scope[2], scope[3], signed, signature);
    }

    String scope() {
        return date + "/" + region + "/" + service + "/aws4_request";
    }

    private static void requireAll(Map<String, String> parts) {
        List<String> faults = new ArrayList<>();
        for (String name : List.of("Credential", "Signature", "SignedHeaders")) {
            if (parts.getOrDefault(name, "").isEmpty()) {
                faults.add("Authorization header requires '" + name + "' parameter.");
            }
        }
        if (!faults.isEmpty()) {
            throw incomplete(String.join(" ", faults));
        }
    }

    private static AwsFailure incomplete(String message) {
        return AwsFailure.of(AwsErrorType.INCOMPLETE_SIGNATURE_EXCEPTION, message);
    }
}
