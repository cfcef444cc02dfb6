package dev.caravan.provider.bedrock;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The path of an operation: {@code /model/{id}/{operation}} with the id as one label, percent-encoded but for the
 * unreserved characters of RFC 3986 ({@code :} is %3A, {@code /} is %2F), as the AWS SDKs send it.
 */
final class ModelPath {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /** Few ids are called again and again; those of callers are without end, so it is not let grow. */
    private static final int MOST_REMEMBERED = 256;

    private static final Map<String, String> LABELS = new ConcurrentHashMap<>();

    private ModelPath() {}

    static String of(String modelId, BedrockWire.Operation operation) {
        String label = LABELS.get(modelId);
        if (label == null) {
            label = encoded(modelId);
            if (LABELS.size() < MOST_REMEMBERED) {
                LABELS.put(modelId, label);
            }
        }
        return "/model/" + label + "/" + operation.path();
    }

    private static String encoded(String modelId) {
        StringBuilder path = new StringBuilder(modelId.length() + 16);
        for (byte octet : modelId.getBytes(StandardCharsets.UTF_8)) {
            if (unreserved(octet)) {
                path.append((char) octet);
            } else {
                path.append('%').append(HEX[(octet >> 4) & 15]).append(HEX[octet & 15]);
            }
        }
        return path.toString();
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
