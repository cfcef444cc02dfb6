package dev.caravan.emulator.aws;

import java.util.List;
import java.util.Map;

/**
 * A request as it came over HTTP.
 *
 * @param method upper case
 * @param rawPath the path as sent, still percent-encoded
 * @param rawQuery the query as sent, without {@code ?}; empty when there is none
 * @param headers all values by name in lower case, {@code host} always among them
 * @param body the bytes of the body
 */
public record HttpCall(String method, String rawPath, String rawQuery, Map<String, List<String>> headers, byte[] body) {

    /** The first value of a header, or null. */
    public String header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null || values.isEmpty() ? null : values.get(0);
    }
}
