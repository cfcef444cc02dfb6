package dev.caravan.provider.bedrock;

import java.nio.charset.StandardCharsets;

/**
 * The path of an operation: {@code /model/{id}/{operation}} with the id as one label, percent-encoded but for the
 * unreserved characters of RFC 3986 ({@code :} is %3A, {@code /} is %2F), as the AWS SDKs send it.
 */
final class ModelPath {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private ModelPath() {}

    static String of(String modelId, BedrockWire.Operation operation) {
        StringBuilder path = new StringBuilder(modelId.length() + 40).append("/model/");
        for (byte octet : modelId.getBytes(StandardCharsets.UTF_8)) {
            if (unreserved(octet)) {
                path.append((char) octet);
            } else {
                path.append('%').append(HEX[(octet >> 4) & 15]).append(HEX[octet & 15]);
            }
        }
        return path.append('/').append(operation.path()).toString();
    }

    private static boolean unreserved(byte c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
