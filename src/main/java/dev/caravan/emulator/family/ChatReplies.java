package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes the parts of a reply in OpenAI's manner. */
final class ChatReplies {
    private ChatReplies() {}

    /** {@code stop}, {@code length}, {@code tool_calls} or {@code content_filter}, or the word that was asked for. */
    static String stopWord(Answer answer) {
        return answer.stopWord()
                .orElse(
                        switch (answer.stop()) {
                            case END, STOP_SEQUENCE -> "stop";
                            case MAX_TOKENS -> "length";
                            case TOOL_USE -> "tool_calls";
                            case CONTENT_FILTERED, REFUSAL -> "content_filter";
                        });
    }

    /** Adds the calls of an answer to its message, if there are any. */
    static void writeCalls(ObjectNode message, Answer answer, String id, boolean typed) {
        answer.toolCall().ifPresent(call -> {
            ObjectNode written = message.putArray("tool_calls").addObject().put("id", id);
            if (typed) {
                written.put("type", "function");
            }
            written.putObject("function")
                    .put("name", call.name())
                    .put("arguments", new String(Json.write(call.input()), StandardCharsets.UTF_8));
        });
    }

    static void writeUsage(ObjectNode reply, Conversation conversation, Answer answer) {
        reply.putObject("usage")
                .put("prompt_tokens", conversation.inputTokens())
                .put("completion_tokens", answer.outputTokens())
                .put("total_tokens", conversation.inputTokens() + answer.outputTokens());
    }

    /** Stop sequences, which are one text or a list. */
    static List<String> stops(JsonNode stop) {
        if (stop.isTextual()) {
            return List.of(stop.textValue());
        }
        List<String> stops = new ArrayList<>();
        stop.forEach(each -> stops.add(each.asText()));
        return stops;
    }

    /** The next choice of a reply. */
    static ObjectNode choice(ObjectNode reply) {
        ArrayNode choices = reply.withArray("choices");
        return choices.addObject().put("index", choices.size() - 1);
    }
}
