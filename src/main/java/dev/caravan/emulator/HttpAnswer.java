package dev.caravan.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.stream.StreamPlan;
import dev.caravan.runtime.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes back to the client.
 *
 * @param status HTTP status
 * @param headers beside request id, content type and length
 * @param body JSON, or what pretends to be
 * @param stream what is streamed instead of a body, or null
 * @param delay wait before it is sent
 * @param reset the connection is closed instead
 */
record HttpAnswer(
        int status, Map<String, String> headers, byte[] body, StreamPlan stream, Duration delay, boolean reset) {
    private static final String ERROR_NAMESPACE = ":http://internal.amazon.com/coral/com.amazon.bedrock/";
    private static final byte[] NO_BODY = {};

    static HttpAnswer json(int status, JsonNode body) {
        return new HttpAnswer(status, Map.of(), Json.write(body), null, Duration.ZERO, false);
    }

    static HttpAnswer stream(Map<String, String> headers, StreamPlan stream) {
        return new HttpAnswer(200, headers, NO_BODY, stream, Duration.ZERO, false);
    }

    static HttpAnswer error(AwsFailure failure) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (failure.typeName() != null) {
            headers.put("x-amzn-ErrorType", failure.typeName() + ERROR_NAMESPACE);
        }
        failure.retryAfterSeconds().ifPresent(seconds -> headers.put("Retry-After", Integer.toString(seconds)));
        ObjectNode body = Json.object().put("message", failure.getMessage());
        failure.originalStatus().ifPresent(status -> body.put("originalStatusCode", status));
        return new HttpAnswer(failure.status(), headers, Json.write(body), null, Duration.ZERO, false);
    }

    static HttpAnswer connectionReset() {
        return new HttpAnswer(0, Map.of(), NO_BODY, null, Duration.ZERO, true);
    }

    HttpAnswer withDelay(Duration newDelay) {
        return new HttpAnswer(status, headers, body, stream, newDelay, reset);
    }

    HttpAnswer withHeaders(Map<String, String> newHeaders) {
        return new HttpAnswer(status, newHeaders, body, stream, delay, reset);
    }

    HttpAnswer plusHeaders(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return withHeaders(all);
    }

    HttpAnswer withBody(byte[] newBody) {
        return new HttpAnswer(status, headers, newBody, stream, delay, reset);
    }
}
