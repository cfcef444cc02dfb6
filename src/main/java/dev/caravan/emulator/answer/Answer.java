package dev.caravan.emulator.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
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
        END("end_turn"),
        MAX_TOKENS("max_tokens"),
        STOP_SEQUENCE("stop_sequence"),
        TOOL_USE("tool_use"),
        CONTENT_FILTERED("content_filtered"),
        REFUSAL("refusal");

        private final String word;

        Stop(String word) {
            this.word = word;
        }

        /** The word that is understood for all formats: {@code max_tokens}. */
        public String word() {
            return word;
        }

        static Optional<Stop> byWord(String word) {
            return Arrays.stream(values())
                    .filter(stop -> stop.word.equals(word))
                    .findFirst();
        }
    }

    /** The same with another end: a reason by its word, or a word of a format's own. */
    Answer endedBy(String reason) {
        Optional<Stop> known = Stop.byWord(reason);
        return new Answer(
                thinking,
                text,
                toolCall,
                known.orElse(stop),
                stopSequence,
                known.isPresent() ? Optional.empty() : Optional.of(reason),
                outputTokens);
    }

    /** The same, counted for so many choices. */
    Answer times(int choices) {
        return new Answer(thinking, text, toolCall, stop, stopSequence, stopWord, outputTokens * choices);
    }

    /**
     * @param name the tool's name
     * @param input a JSON object
     */
    public record ToolCall(String name, JsonNode input) {}
}
