package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;

/** Reply and counts as Converse and Nova's native body have them. */
final class ConverseAnswer {
    private ConverseAnswer() {}

    /** Message and stop reason. */
    static ObjectNode of(Answer answer, String toolUseId, boolean plansInText) {
        ObjectNode reply = Json.object();
        ObjectNode message = reply.putObject("output").putObject("message").put("role", "assistant");
        ArrayNode content = message.putArray("content");
        String plan = plansInText
                ? answer.thinking()
                        .map(thought -> "<thinking> " + thought + " </thinking>\n\n")
                        .orElse("")
                : "";
        if (!plansInText) {
            answer.thinking()
                    .ifPresent(thought -> content.addObject()
                            .putObject("reasoningContent")
                            .putObject("reasoningText")
                            .put("text", thought)
                            .put("signature", Ids.of("Eq", thought)));
        }
        answer.text().ifPresent(text -> content.addObject().put("text", plan + text));
        answer.toolCall()
                .ifPresent(call -> content.addObject()
                        .putObject("toolUse")
                        .put("toolUseId", toolUseId)
                        .put("name", call.name())
                        .set("input", call.input()));
        reply.put("stopReason", answer.stopWord().orElseGet(() -> word(answer.stop())));
        return reply;
    }

    static ObjectNode usage(Conversation conversation, Answer answer) {
        return Json.object()
                .put("inputTokens", conversation.inputTokens())
                .put("outputTokens", answer.outputTokens())
                .put("totalTokens", conversation.inputTokens() + answer.outputTokens());
    }

    /** @throws AwsFailure ValidationException when they are more than the model holds */
    static long inputTokens(JsonNode body, Model model) {
        long tools = body.has("toolConfig") ? body.get("toolConfig").toString().length() : 0;
        long tokens = Tokens.ofLength(
                Tokens.charsOfText(body.path("messages")) + Tokens.charsOfText(body.path("system")) + tools);
        if (tokens > model.contextWindow().orElse(Integer.MAX_VALUE)) {
            throw AwsFailure.validation("Input is too long for requested model.");
        }
        return tokens;
    }

    private static String word(Answer.Stop stop) {
        return stop == Answer.Stop.REFUSAL ? Answer.Stop.CONTENT_FILTERED.word() : stop.word();
    }
}
