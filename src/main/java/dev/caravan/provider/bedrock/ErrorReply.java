package dev.caravan.provider.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.caravan.runtime.Json;

/**
 * What an error reply says (rest-json protocol): the type from {@code x-amzn-ErrorType}, cut at {@code :} and up to
 * {@code #}, else from the body's {@code __type} or {@code code}; the text from {@code message} or {@code Message}.
 *
 * @param code AWS's error type, or null
 * @param message AWS's text, or null
 * @param body the body as JSON, a missing node when it is none
 */
record ErrorReply(String code, String message, JsonNode body) {

    static ErrorReply of(BedrockWire.Reply reply) {
        JsonNode body = json(reply.body());
        String code = cut(reply.header("x-amzn-errortype"));
        if (code == null) {
            code = cut(text(body, "__type"));
        }
        if (code == null) {
            code = cut(text(body, "code"));
        }
        String message = text(body, "message");
        return new ErrorReply(code, message == null ? text(body, "Message") : message, body);
    }

    /** A whole number of the body, or null. */
    Integer number(String name) {
        JsonNode value = body.path(name);
        return value.isInt() ? value.intValue() : null;
    }

    String text(String name) {
        return text(body, name);
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return bytes.length == 0 ? MissingNode.getInstance() : Json.read(bytes);
        } catch (JsonProcessingException e) {
            // A proxy's page or a cut-off body: the status alone speaks then.
            return MissingNode.getInstance();
        }
    }

    private static String text(JsonNode body, String name) {
        JsonNode value = body.path(name);
        return value.isTextual() ? value.textValue() : null;
    }

    private static String cut(String type) {
        if (type == null) {
            return null;
        }
        int hash = type.indexOf('#');
        int colon = type.indexOf(':');
        boolean hashFirst = hash >= 0 && (colon < 0 || hash < colon);
        String name = type.substring(hashFirst ? hash + 1 : 0);
        colon = name.indexOf(':');
        name = (colon < 0 ? name : name.substring(0, colon)).strip();
        return name.isEmpty() ? null : name;
    }
}
