package dev.caravan.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation;
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
     * @param converseReader checks and reads a body of Converse
     */
    static long count(
            JsonNode request,
            Function<JsonNode, Conversation> reader,
            Function<JsonNode, Conversation> converseReader) {
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
        return converseReader.apply(converse).inputTokens();
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw AwsFailure.of(AwsErrorType.VALIDATION);
        }
    }
}
