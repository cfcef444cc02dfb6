package dev.caravan.provider.bedrock;

import io.vertx.core.http.HttpClientResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A reply whose head is there and whose body is gathered. */
record ArrivingReply(HttpClientResponse response, ReplyBody body) {
    static ArrivingReply of(HttpClientResponse response, long maxBytes) {
        return new ArrivingReply(response, new ReplyBody(response.getHeader("content-length"), maxBytes));
    }

    BedrockWire.Reply reply() {
        return new BedrockWire.Reply(response.statusCode(), headers(response), body.bytes());
    }

    /** All headers, names in lower case. */
    static Map<String, List<String>> headers(HttpClientResponse response) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        response.headers()
                .forEach((name, value) ->
                        headers.merge(name.toLowerCase(Locale.ROOT), List.of(value), ArrivingReply::joined));
        return headers;
    }

    private static List<String> joined(List<String> first, List<String> more) {
        return Stream.concat(first.stream(), more.stream()).toList();
    }
}
