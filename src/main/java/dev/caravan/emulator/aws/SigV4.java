package dev.caravan.emulator.aws;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS Signature Version 4 as its receiver computes it (AWS General Reference, "Create a signed AWS API request").
 *
 * <p>The canonical path is the sent path encoded once more, as for every service but S3: {@code %3A} becomes
 * {@code %253A}.
 */
final class SigV4 {
    private static final HexFormat HEX = HexFormat.of();

    private SigV4() {}

    /** The signature that the holder of the secret key would have sent, in hexadecimal. */
    static String signature(HttpCall call, SigV4Header header, String amzDate, String secretKey) {
        String toSign = String.join(
                "\n",
                SigV4Header.ALGORITHM,
                amzDate,
                header.scope(),
                sha256(canonicalRequest(call, header).getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(header.date(), header.region(), header.service(), "aws4_request", toSign)) {
            key = hmac(key, part);
        }
        return HEX.formatHex(key);
    }

    static String sha256(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String canonicalRequest(HttpCall call, SigV4Header header) {
        StringBuilder headers = new StringBuilder();
        for (String name : header.signedHeaders()) {
            headers.append(name)
                    .append(':')
                    .append(canonicalValue(call.headers().get(name)))
                    .append('\n');
        }
        String declared = call.header("x-amz-content-sha256");
        return String.join(
                "\n",
                call.method(),
                encode(call.rawPath(), true),
                canonicalQuery(call.rawQuery()),
                headers,
                String.join(";", header.signedHeaders()),
                declared == null ? sha256(call.body()) : declared);
    }

    private static String canonicalValue(List<String> values) {
        return values == null
                ? ""
                : values.stream()
                        .map(value -> value.trim().replaceAll(" +", " "))
                        .collect(Collectors.joining(","));
    }

    private static String canonicalQuery(String rawQuery) {
        if (rawQuery.isEmpty()) {
            return "";
        }
        return Arrays.stream(rawQuery.split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("=", 2))
                .map(pair -> new String[] {recode(pair[0]), pair.length == 2 ? recode(pair[1]) : ""})
                .sorted((a, b) -> a[0].equals(b[0]) ? a[1].compareTo(b[1]) : a[0].compareTo(b[0]))
                .map(pair -> pair[0] + "=" + pair[1])
                .collect(Collectors.joining("&"));
    }

    private static String recode(String text) {
        // A plus sign is itself here, not a space.
        return encode(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8), false);
    }

    private static String encode(String text, boolean keepSlash) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isUnreserved(c) || keepSlash && c == '/') {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
