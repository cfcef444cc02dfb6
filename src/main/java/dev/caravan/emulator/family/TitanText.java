package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Titan Text's body on InvokeModel (AWS user guide, "Amazon Titan Text models"). Stop sequences are held to the pattern
 * that users met (boto3 issue 3993).
 */
final class TitanText implements FamilyEmulator {
    private static final Set<String> KEYS =
            Set.of("inputText", "textGenerationConfig", "amazon-bedrock-guardrailConfig");
    private static final Set<String> CONFIG_KEYS = Set.of("temperature", "topP", "maxTokenCount", "stopSequences");
    private static final Pattern STOP = Pattern.compile("^(\\|+|User:)$");
    private static final Pattern TURN = Pattern.compile("(?m)^(User|Bot):");
    private static final int DEFAULT_COUNT = 512;
    private static final int LIMIT_WHEN_UNKNOWN = 8192;

    @Override
    public String format() {
        return "titan-text";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        PromptText.requireObject(body);
        JsonNode config = body.path("textGenerationConfig");
        long limit = model.maxOutputTokens().orElse(LIMIT_WHEN_UNKNOWN);
        new SchemaFaults()
                .required(body, List.of("inputText"))
                .onlyKnown(body, KEYS)
                .type(body, "inputText", JsonNodeType.STRING)
                .minLength(body, "inputText", 1)
                .type(body, "textGenerationConfig", JsonNodeType.OBJECT)
                .at("/textGenerationConfig")
                .onlyKnown(config, CONFIG_KEYS)
                .number(config, "temperature", model.rules().temperature())
                .number(config, "topP", model.rules().topP())
                .integer(config, "maxTokenCount", 0, limit)
                .strings(config, "stopSequences", STOP)
                .refuse();
        String prompt = body.get("inputText").textValue();
        List<String> stops = new ArrayList<>();
        config.path("stopSequences").forEach(stop -> stops.add(stop.asText()));
        int maxTokens = PromptText.integer(config, "maxTokenCount", DEFAULT_COUNT);
        return parse(prompt).conversation(prompt, maxTokens, stops, false, model);
    }

    private static PromptText parse(String prompt) {
        List<Turn> turns = new ArrayList<>();
        Matcher turn = TURN.matcher(prompt);
        boolean found = turn.find();
        String before = found ? prompt.substring(0, turn.start()).strip() : "";
        while (found) {
            boolean user = turn.group(1).equals("User");
            int from = turn.end();
            found = turn.find();
            String text = prompt.substring(from, found ? turn.start() : prompt.length())
                    .strip();
            if (user || !text.isEmpty()) {
                turns.add(new Turn(user, text));
            }
        }
        return PromptText.of(prompt, before, turns);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        ObjectNode reply = Json.object();
        reply.put("inputTextTokenCount", conversation.inputTokens());
        reply.putArray("results")
                .addObject()
                .put("tokenCount", answer.outputTokens())
                .put("outputText", answer.text().map("\n"::concat).orElse(""))
                .put("completionReason", answer.stopWord().orElseGet(() -> word(answer.stop())));
        return reply;
    }

    /** The service itself sends a short answer in one chunk; here every answer comes in pieces. */
    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        JsonNode result = reply.get("results").get(0);
        long total = result.get("tokenCount").asLong();
        List<StreamPart> parts = new ArrayList<>();
        long chars = 0;
        for (String piece : Pieces.words(result.get("outputText").textValue())) {
            chars += piece.length();
            parts.add(StreamPart.content(chunk(reply, piece, Math.min(total, Tokens.ofLength(chars)), null)));
        }
        parts.add(StreamPart.end(
                chunk(reply, "", total, result.get("completionReason").textValue())));
        return parts;
    }

    private static ObjectNode chunk(ObjectNode reply, String piece, long tokens, String reason) {
        ObjectNode chunk = Json.object()
                .put("outputText", piece)
                .put("index", 0)
                .put("totalOutputTextTokenCount", tokens)
                .put("completionReason", reason);
        return chunk.set("inputTextTokenCount", reply.get("inputTextTokenCount"));
    }

    private static String word(Answer.Stop stop) {
        return switch (stop) {
            case MAX_TOKENS -> "LENGTH";
            case STOP_SEQUENCE -> "STOP_CRITERIA_MET";
            case CONTENT_FILTERED, REFUSAL -> "CONTENT_FILTERED";
            default -> "FINISH";
        };
    }
}
