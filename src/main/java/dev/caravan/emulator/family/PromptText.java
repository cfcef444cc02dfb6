package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A prompt taken apart by its template's tokens.
 *
 * @param system text of system turns, empty when there are none
 * @param turns the conversation; a prompt without the template's tokens is one turn of the user
 */
record PromptText(String system, List<Turn> turns) {
    /** For arrays of strings that may say anything. */
    static final Pattern ANYTHING = Pattern.compile("");

    /** A prompt in no template. */
    static PromptText plain(String prompt) {
        return new PromptText("", List.of(new Turn(true, prompt)));
    }

    /** These parts, or the whole prompt as one turn when they are no conversation. */
    static PromptText of(String prompt, String system, List<Turn> turns) {
        return turns.isEmpty() ? plain(prompt) : new PromptText(system, turns);
    }

    /** @throws AwsFailure ValidationException when the prompt is longer than the model's context window */
    Conversation conversation(String prompt, int maxTokens, List<String> stop, boolean thinks, Model model) {
        long inputTokens = Tokens.of(prompt);
        if (inputTokens > model.contextWindow().orElse(Integer.MAX_VALUE)) {
            throw AwsFailure.validation("Input is too long for requested model.");
        }
        return new Conversation(
                system, turns, maxTokens, stop, Optional.empty(), Optional.empty(), thinks, inputTokens);
    }

    /** A body must be an object before its schema can be looked at. */
    static void requireObject(JsonNode body) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
    }

    /** {@code stop} or {@code length}; families that write these have no word for a filtered answer. */
    static String stopWord(Answer answer) {
        return answer.stopWord()
                .orElse(
                        switch (answer.stop()) {
                            case MAX_TOKENS -> "length";
                            case CONTENT_FILTERED, REFUSAL -> answer.stop().word();
                            case END, STOP_SEQUENCE, TOOL_USE -> "stop";
                        });
    }

    static int integer(JsonNode body, String key, int otherwise) {
        return body.path(key).asInt(otherwise);
    }

    static List<String> stop(JsonNode body) {
        List<String> stops = new ArrayList<>();
        body.path("stop").forEach(stop -> stops.add(stop.asText()));
        return stops;
    }
}
