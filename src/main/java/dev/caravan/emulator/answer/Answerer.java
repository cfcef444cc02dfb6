package dev.caravan.emulator.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Answer.Stop;
import dev.caravan.emulator.answer.Answer.ToolCall;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.DirectiveLine;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Answers: with the call of a tool when one is forced, with JSON that fits when a schema was given (as a parameter or
 * as text), else by saying what was asked and who answers. Stop sequences and max tokens cut the answer.
 */
public final class Answerer {
    private static final String THOUGHT = "The question is clear, so the answer can be short.";
    private static final int MAX_QUOTE = 160;

    private Answerer() {}

    /**
     * @param directive its {@code text} takes the place of the answer, its {@code stop} that of the reason why it ended (and {@code max_tokens}
     *     cuts an answer that was not given), and
     *     {@code empty} leaves no content
     */
    public static Answer answer(Conversation conversation, Model model, Directive directive) {
        Answer whole = unforced(conversation, model, directive);
        boolean cut = directive.stop().filter(Stop.MAX_TOKENS.word()::equals).isPresent()
                && directive.text().isEmpty()
                && whole.outputTokens() > 1;
        Answer answer = cut ? unforced(conversation.withMaxTokens(halfway(whole)), model, directive) : whole;
        return directive.stop().map(answer::endedBy).orElse(answer).times(conversation.choices());
    }

    /** So many tokens that half of what comes after the thinking is left. */
    private static int halfway(Answer whole) {
        long thought = whole.thinking().map(Tokens::of).orElse(0L);
        return (int) (thought + (whole.outputTokens() - thought) / 2);
    }

    private static Answer unforced(Conversation conversation, Model model, Directive directive) {
        if (directive.empty()) {
            return new Answer(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Stop.END,
                    Optional.empty(),
                    Optional.empty(),
                    0);
        }
        Optional<ToolCall> call = conversation.forcedTool().flatMap(tool -> callOf(tool, directive));
        return call.isPresent()
                ? toolAnswer(call.get(), conversation)
                : textAnswer(directive.text().orElseGet(() -> words(conversation, model)), conversation);
    }

    private static Optional<ToolCall> callOf(Conversation.Tool tool, Directive directive) {
        JsonNode input =
                directive.text().isPresent() ? parse(directive.text().get()) : SchemaSample.of(tool.inputSchema());
        return input != null && input.isObject() ? Optional.of(new ToolCall(tool.name(), input)) : Optional.empty();
    }

    private static Answer toolAnswer(ToolCall call, Conversation conversation) {
        long tokens = Tokens.of(call.input().toString());
        boolean fits = tokens <= conversation.maxTokens();
        return new Answer(
                Optional.empty(),
                Optional.empty(),
                Optional.of(fits ? call : new ToolCall(call.name(), Json.object())),
                fits ? Stop.TOOL_USE : Stop.MAX_TOKENS,
                Optional.empty(),
                Optional.empty(),
                Math.min(tokens, conversation.maxTokens()));
    }

    private static Answer textAnswer(String words, Conversation conversation) {
        Optional<String> thinking =
                conversation.thinks() ? Optional.of(Tokens.cut(THOUGHT, conversation.maxTokens())) : Optional.empty();
        long thought = thinking.map(Tokens::of).orElse(0L);
        Optional<String> met = firstStopSequence(words, conversation);
        String whole = met.map(stop -> words.substring(0, words.indexOf(stop))).orElse(words);
        String text = Tokens.cut(whole, conversation.maxTokens() - thought);
        boolean cut = text.length() < whole.length();
        Stop stop = cut ? Stop.MAX_TOKENS : met.isPresent() ? Stop.STOP_SEQUENCE : Stop.END;
        return new Answer(
                thinking,
                text.isEmpty() ? Optional.empty() : Optional.of(text),
                Optional.empty(),
                stop,
                cut ? Optional.empty() : met,
                Optional.empty(),
                thought + Tokens.of(text));
    }

    private static Optional<String> firstStopSequence(String words, Conversation conversation) {
        return conversation.stopSequences().stream()
                .filter(words::contains)
                .min((a, b) -> Integer.compare(words.indexOf(a), words.indexOf(b)));
    }

    private static String words(Conversation conversation, Model model) {
        Optional<JsonNode> schema = conversation.answerSchema().or(() -> SchemaInText.find(conversation));
        return schema.map(found -> withoutPrefill(SchemaSample.of(found).toString(), conversation.prefill()))
                .orElseGet(
                        () -> "You asked: \"" + quote(conversation.lastUserText()) + "\" This is " + model.displayName()
                                + " in the embedded Bedrock: the answer is made up, no model was called.");
    }

    private static String withoutPrefill(String json, String prefill) {
        String given = prefill.trim();
        return !given.isEmpty() && json.startsWith(given) ? json.substring(given.length()) : json;
    }

    private static String quote(String asked) {
        String line = DirectiveLine.strip(asked).replaceAll("\\s+", " ");
        if (line.length() <= MAX_QUOTE) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_QUOTE - 1)) ? MAX_QUOTE - 1 : MAX_QUOTE;
        return line.substring(0, end) + "…";
    }

    private static JsonNode parse(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            // Then the words are no tool input, and the model answers in text.
            return null;
        }
    }
}
