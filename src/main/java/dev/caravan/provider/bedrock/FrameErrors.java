package dev.caravan.provider.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the failure that a frame tells, when the status 200 was sent long ago: as the error reply that Bedrock would have
 * given for the same type, so that both mean the same.
 */
final class FrameErrors {
    /** A type that nobody knows is a failure of the provider's, which may pass. */
    private static final int UNKNOWN = 500;

    /** Types that a frame may name, and their statuses: AWS's service model of bedrock-runtime. */
    private static final Map<String, Integer> STATUSES = Map.ofEntries(
            Map.entry("AccessDeniedException", 403),
            Map.entry("InternalServerException", 500),
            Map.entry("ModelErrorException", 424),
            Map.entry("ModelNotReadyException", 429),
            Map.entry("ModelStreamErrorException", 424),
            Map.entry("ModelTimeoutException", 408),
            Map.entry("ResourceNotFoundException", 404),
            Map.entry("ServiceQuotaExceededException", 400),
            Map.entry("ServiceUnavailableException", 503),
            Map.entry("ThrottlingException", 429),
            Map.entry("ValidationException", 400));

    private static final Pattern ERROR_STATUS = Pattern.compile("[45][0-9][0-9]");

    private static final Map<String, String> BY_LOWER_CASE = byLowerCase();

    private FrameErrors() {}

    private static Map<String, String> byLowerCase() {
        Map<String, String> names = new HashMap<>();
        STATUSES.keySet().forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
        return Map.copyOf(names);
    }

    /** A modelled failure: {@code :exception-type}, in lower camel case, and its JSON. */
    static LlmException exception(BedrockWire.Frame frame) {
        String type = type(frame.headers().get(":exception-type"));
        BedrockWire.Reply reply = reply(type, frame.payload());
        return read(ErrorReply.of(reply).message() == null ? reply(type, sentence(type)) : reply);
    }

    /**
     * A failure outside the model: {@code :error-code} and {@code :error-message}, no payload. A code that is a bare HTTP status
     * names no type.
     */
    static LlmException error(BedrockWire.Frame frame) {
        String type = type(frame.headers().get(":error-code"));
        String message = frame.headers().get(":error-message");
        byte[] body = message == null || message.isBlank() ? sentence(type) : body(message);
        return read(
                ERROR_STATUS.matcher(type).matches()
                        ? new BedrockWire.Reply(Integer.parseInt(type), Map.of(), body)
                        : reply(type, body));
    }

    private static LlmException read(BedrockWire.Reply reply) {
        return BedrockErrors.toLlm(reply, Clock.systemUTC());
    }

    /** As an error reply names it; empty when there is none. */
    private static String type(String named) {
        if (named == null || named.isBlank()) {
            return "";
        }
        String type = named.strip();
        String known = BY_LOWER_CASE.get(type.toLowerCase(Locale.ROOT));
        return known == null ? Character.toUpperCase(type.charAt(0)) + type.substring(1) : known;
    }

    private static BedrockWire.Reply reply(String type, byte[] body) {
        return new BedrockWire.Reply(
                STATUSES.getOrDefault(type, UNKNOWN),
                type.isEmpty() ? Map.of() : Map.of("x-amzn-errortype", List.of(type)),
                body);
    }

    private static byte[] sentence(String type) {
        return body("Bedrock broke its answer off" + (type.isEmpty() ? "" : " (" + BedrockText.bounded(type) + ")")
                + " and said no more.");
    }

    private static byte[] body(String message) {
        ObjectNode body = Json.object();
        body.put("message", message);
        return Json.write(body);
    }
}
