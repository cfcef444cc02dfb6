package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cohere's chat body on InvokeModel (AWS user guide, "Cohere Command R and Command R+ models"). Its stop reasons are
 * in upper case, its tool calls have no ids, and its reply holds the whole conversation.
 */
public final class CohereChat implements FamilyEmulator {

    @Override
    public String format() {
        return "cohere-chat";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        CohereFields.check(body, model);
        List<Turn> turns = new ArrayList<>();
        long chars = body.path("preamble").asText("").length();
        for (JsonNode line : body.path("chat_history")) {
            turns.add(new Turn(
                    "USER".equals(line.get("role").textValue()),
                    line.get("message").textValue()));
        }
        turns.add(new Turn(true, body.get("message").textValue()));
        for (Turn turn : turns) {
            chars += turn.text().length();
        }
        for (String key : List.of("tools", "tool_results", "documents")) {
            chars += body.path(key).isEmpty() ? 0 : body.get(key).toString().length();
        }
        return new Conversation(
                body.path("preamble").asText(""),
                turns,
                body.path("max_tokens").asInt(CohereFields.limit(model)),
                ChatReplies.stops(body.path("stop_sequences")),
                Optional.empty(),
                Optional.empty(),
                false,
                ChatMessages.fitting(Tokens.ofLength(chars), model));
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String seed = model.id() + conversation + answer;
        String text = answer.text().orElse("");
        ObjectNode reply = Json.object()
                .put("response_id", Ids.of("", "response" + seed))
                .put("text", text)
                .put("generation_id", Ids.of("", "generation" + seed));
        ArrayNode history = reply.putArray("chat_history");
        conversation.turns().forEach(turn -> line(history, turn.user(), turn.text()));
        line(history, false, text);
        reply.put(
                "finish_reason",
                answer.stopWord()
                        .orElse(
                                switch (answer.stop()) {
                                    case MAX_TOKENS -> "MAX_TOKENS";
                                    case CONTENT_FILTERED, REFUSAL -> "ERROR_TOXIC";
                                    case END, STOP_SEQUENCE, TOOL_USE -> "COMPLETE";
                                }));
        answer.toolCall()
                .ifPresent(call -> reply.putArray("tool_calls")
                        .addObject()
                        .put("name", call.name())
                        .set("parameters", call.input()));
        return reply;
    }

    /** Cohere's own lines (Cohere API v1 reference, "Chat with streaming"); the last has the whole reply once more. */
    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        List<StreamPart> parts = new ArrayList<>();
        Pieces.words(reply.get("text").textValue())
                .forEach(piece ->
                        parts.add(StreamPart.content(event("text-generation").put("text", piece))));
        if (reply.has("tool_calls")) {
            parts.add(StreamPart.content(event("tool-calls-generation").set("tool_calls", reply.get("tool_calls"))));
        }
        ObjectNode last = event("stream-end").put("is_finished", true);
        last.set("finish_reason", reply.get("finish_reason"));
        last.set("response", reply.deepCopy());
        parts.add(StreamPart.end(last));
        return parts;
    }

    private static ObjectNode event(String type) {
        return Json.object().put("is_finished", false).put("event_type", type);
    }

    private static void line(ArrayNode history, boolean user, String text) {
        history.addObject().put("role", user ? "USER" : "CHATBOT").put("message", text);
    }
}
