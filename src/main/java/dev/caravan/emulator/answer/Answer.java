package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What the model answers, whatever the wire format.
 *
 * @param thinking what it thought before
 * @param text its words
 * @param toolCall the tool that it calls
 * @param stop why it ended
 * @param stopSequence the stop sequence that was met
 * @param stopWord a word to use for the stop reason instead of the format's own
 * @param outputTokens tokens of all of this
 */
public record Answer(
        Optional<String> thinking,
        Optional<String> text,
        Optional<ToolCall> toolCall,
        Stop stop,
        Optional<String> stopSequence,
        Optional<String> stopWord,
        long outputTokens) {

    /** Why an answer ended. */
    public enum Stop {
        END,
        MAX_TOKENS,
        STOP_SEQUENCE,
        TOOL_USE
    }

    /**
     * @param name the tool's name
     * @param input a JSON object
     */
    public record ToolCall(String name, JsonNode input) {}
}
