package dev.caravan.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import java.util.Base64;
import java.util.function.Function;

/** CountTokens: its body holds either a native body in Base64 or the parts of a Converse request. */
final class TokenCount {
    private TokenCount() {}

    /**
     * @param request the body of CountTokens
     * @param reader checks and reads a native body
     */
    static long count(JsonNode request, Function<JsonNode, Conversation> reader) {
        JsonNode input = request.path("input");
        JsonNode invoke = input.path("invokeModel");
        JsonNode converse = input.path("converse");
        if (invoke.isObject() == converse.isObject()) {
            throw AwsFailure.of(AwsErrorType.VALIDATION);
        }
        if (invoke.isObject()) {
            return reader.apply(RuntimeApi.parse(decode(invoke.path("body").asText())))
                    .inputTokens();
        }
        checkMessages(converse.path("messages"));
        long tools = converse.has("toolConfig")
                ? converse.get("toolConfig").toString().length()
                : 0;
        return Tokens.ofLength(
                Tokens.charsOfText(converse.path("messages")) + Tokens.charsOfText(converse.path("system")) + tools);
    }

    /** What Converse itself refuses. */
    private static void checkMessages(JsonNode messages) {
        if (!"user".equals(messages.path(0).path("role").asText())) {
            throw AwsFailure.validation(
                    "A conversation must start with a user message. Try again with a conversation that starts with a"
                            + " user message.");
        }
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).path("content");
            if (content.isEmpty()) {
                throw AwsFailure.validation("The content field in the Message object at messages." + i
                        + " is empty. Add a ContentBlock object to the content field and try again.");
            }
            for (int j = 0; j < content.size(); j++) {
                JsonNode text = content.get(j).path("text");
                if (text.isTextual() && text.textValue().isBlank()) {
                    throw AwsFailure.validation("The text field in the ContentBlock object at messages." + i
                            + ".content." + j + " is blank. Add text to the text field, and try again.");
                }
            }
        }
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw AwsFailure.of(AwsErrorType.VALIDATION);
        }
    }
}
