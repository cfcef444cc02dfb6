package dev.caravan.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.aws.HttpCall;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.DirectiveKeys;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What tests tell and ask the emulator, below {@code /_emulator}. Unsigned, so for loopback clients only, and not for
 * web pages: neither with an {@code Origin} nor under a host name that was made to point here.
 */
final class ControlApi {
    static final String PREFIX = "/_emulator";
    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(?i)(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

    private final Script script;
    private final CallCounter counter;
    private final RequestLog log;

    ControlApi(Script script, CallCounter counter, RequestLog log) {
        this.script = script;
        this.counter = counter;
        this.log = log;
    }

    static boolean owns(String rawPath) {
        return rawPath.equals(PREFIX) || rawPath.startsWith(PREFIX + "/");
    }

    /** @throws AwsFailure when the call is refused */
    HttpAnswer handle(HttpCall call, boolean fromLoopback) {
        String host = call.header("host");
        if (!fromLoopback
                || call.header("origin") != null
                || !LOOPBACK_HOST.matcher(host).matches()) {
            throw AwsFailure.of(
                    AwsErrorType.ACCESS_DENIED, PREFIX + " is for programs on this machine, not for web pages.");
        }
        return switch (call.method() + " " + call.rawPath()) {
            case "POST " + PREFIX + "/script" -> addReplies(RuntimeApi.parse(call.body()));
            case "GET " + PREFIX + "/requests" -> HttpAnswer.json(200, log.toJson());
            case "DELETE " + PREFIX -> clear();
            default -> throw AwsFailure.of(AwsErrorType.UNKNOWN_OPERATION);
        };
    }

    private HttpAnswer clear() {
        script.clear();
        counter.clear();
        log.clear();
        return HttpAnswer.json(200, Json.object());
    }

    private HttpAnswer addReplies(JsonNode body) {
        JsonNode replies = body.path("replies");
        if (!replies.isArray()) {
            throw AwsFailure.validation("script: expected {\"replies\": [{key: value}]}.");
        }
        for (var member : body.properties()) {
            if (!member.getKey().equals("replies")) {
                throw AwsFailure.validation("script: unknown member '" + member.getKey()
                        + "', expected {\"replies\": [{key: value}]}; keys stand in a reply.");
            }
        }
        List<Directive> directives = new ArrayList<>();
        replies.forEach(reply -> directives.add(directive(reply)));
        try {
            script.add(directives);
        } catch (IllegalArgumentException e) {
            throw AwsFailure.validation("script: " + e.getMessage() + ".");
        }
        return HttpAnswer.json(200, Json.object().put("added", directives.size()));
    }

    private static Directive directive(JsonNode reply) {
        if (!reply.isObject()) {
            throw AwsFailure.validation("script: a reply is an object of keys and values.");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (var entry : reply.properties()) {
            JsonNode value = entry.getValue();
            // A text may be given as the JSON that the model is to answer.
            values.put(entry.getKey(), value.isValueNode() ? value.asText() : value.toString());
        }
        return DirectiveKeys.read(values);
    }
}
