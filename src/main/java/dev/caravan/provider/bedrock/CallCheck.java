package dev.caravan.provider.bedrock;

import dev.caravan.error.LlmException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Refuses calls that cannot be sent as they are: header injection, headers that are the wire's own, bad ids. */
final class CallCheck {
    private static final int MAX_ID = 2048;
    private static final Set<String> OWN = Set.of(
            "host",
            "authorization",
            "content-length",
            "transfer-encoding",
            "connection",
            "user-agent",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-content-sha256");

    private CallCheck() {}

    /** @throws LlmException {@code invalid_request} that names the header or the id's rule, never a value */
    static void check(BedrockWire.Call call) {
        String id = call.modelId();
        if (id.isEmpty() || id.length() > MAX_ID || id.equals(".") || id.equals("..")) {
            throw LlmException.invalid("A Bedrock model id has 1 to " + MAX_ID + " characters and is no path.");
        }
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            if (!token(header.getKey()) || OWN.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                throw LlmException.invalid("A header for Bedrock has a name that cannot be sent.");
            }
            if (!visible(header.getValue())) {
                throw LlmException.invalid("The value of " + header.getKey()
                        + " has a character that a header cannot carry (allowed: printable ASCII).");
            }
        }
    }

    private static boolean token(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean visible(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
