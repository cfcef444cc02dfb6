package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * What a model was asked, whatever the wire format.
 *
 * @param system the system prompt, empty when absent
 * @param turns the conversation, in order, at least one turn
 * @param maxTokens most tokens of output
 * @param stopSequences where the answer is cut
 * @param forcedTool the tool that the answer must call
 * @param answerSchema the JSON Schema that the answer must fit
 * @param thinks whether the model thinks before it answers
 * @param inputTokens tokens of all that was sent
 * @param choices how many answers were asked for, at least 1
 */
public record Conversation(
        String system,
        List<Turn> turns,
        int maxTokens,
        List<String> stopSequences,
        Optional<Tool> forcedTool,
        Optional<JsonNode> answerSchema,
        boolean thinks,
        long inputTokens,
        int choices) {

    /** A conversation that asks for one answer. */
    public Conversation(
            String system,
            List<Turn> turns,
            int maxTokens,
            List<String> stopSequences,
            Optional<Tool> forcedTool,
            Optional<JsonNode> answerSchema,
            boolean thinks,
            long inputTokens) {
        this(system, turns, maxTokens, stopSequences, forcedTool, answerSchema, thinks, inputTokens, 1);
    }

    public Conversation {
        turns = List.copyOf(turns);
        stopSequences = List.copyOf(stopSequences);
    }

    /**
     * @param user whether the user speaks, else the model
     * @param text all text of the turn, blocks joined by a line break; empty when it has none
     */
    public record Turn(boolean user, String text) {}

    /**
     * @param name the tool's name
     * @param inputSchema JSON Schema of its input
     */
    public record Tool(String name, JsonNode inputSchema) {}

    /** The same with another limit of output. */
    Conversation withMaxTokens(int limit) {
        return new Conversation(
                system, turns, limit, stopSequences, forcedTool, answerSchema, thinks, inputTokens, choices);
    }

    /** The text of the last turn of the user, or an empty text. */
    public String lastUserText() {
        for (int i = turns.size() - 1; i >= 0; i--) {
            if (turns.get(i).user()) {
                return turns.get(i).text();
            }
        }
        return "";
    }

    /** The beginning of the answer that the caller gave, or an empty text. */
    public String prefill() {
        Turn last = turns.get(turns.size() - 1);
        return last.user() ? "" : last.text();
    }
}
