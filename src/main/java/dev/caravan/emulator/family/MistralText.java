package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Mistral's text completion body on InvokeModel (AWS user guide, "Mistral AI text completion"). An answer begins with a
 * space; token counts are in headers only.
 */
final class MistralText implements FamilyEmulator {
    private static final Set<String> KEYS =
            Set.of("prompt", "max_tokens", "stop", "temperature", "top_p", "top_k", "amazon-bedrock-guardrailConfig");
    private static final String LARGE = "mistral.mistral-large-2402-v1:0";
    private static final int MAX_STOPS = 10;
    private static final long MAX_TOP_K = 200;
    private static final int LIMIT_WHEN_UNKNOWN = 8192;
    private final String format;
    private final int defaultMaxTokens;

    private MistralText(String format, int defaultMaxTokens) {
        this.format = format;
        this.defaultMaxTokens = defaultMaxTokens;
    }

    /** Mistral 7B and Mixtral. */
    static MistralText first() {
        return new MistralText("mistral-prompt", 512);
    }

    /** Large and Small 24.02. */
    static MistralText second() {
        return new MistralText("mistral-prompt-v2", 8192);
    }

    @Override
    public String format() {
        return format;
    }

    /** Large 24.02 takes Mistral's chat body too. */
    @Override
    public FamilyEmulator forBody(JsonNode body, Model model) {
        return body.has("messages") && model.id().equals(LARGE) ? new MistralChat() : this;
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        PromptText.requireObject(body);
        long limit = model.maxOutputTokens().orElse(LIMIT_WHEN_UNKNOWN);
        new SchemaFaults()
                .required(body, List.of("prompt"))
                .onlyKnown(body, KEYS)
                .type(body, "prompt", JsonNodeType.STRING)
                .minLength(body, "prompt", 1)
                .integer(body, "max_tokens", 1, limit)
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .integer(body, "top_k", 1, MAX_TOP_K)
                .strings(body, "stop", PromptText.ANYTHING)
                .maxItems(body, "stop", MAX_STOPS)
                .refuse();
        String prompt = body.get("prompt").textValue();
        int maxTokens = PromptText.integer(body, "max_tokens", defaultMaxTokens);
        return InstructPrompt.read(prompt).conversation(prompt, maxTokens, PromptText.stop(body), false, model);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        ObjectNode reply = Json.object();
        reply.putArray("outputs")
                .addObject()
                .put("text", answer.text().map(" "::concat).orElse(""))
                .put("stop_reason", PromptText.stopWord(answer));
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        JsonNode output = reply.get("outputs").get(0);
        List<StreamPart> parts = new ArrayList<>();
        Pieces.words(output.get("text").textValue())
                .forEach(piece -> parts.add(StreamPart.content(chunk(piece, null))));
        parts.add(StreamPart.end(chunk("", output.get("stop_reason").textValue())));
        return parts;
    }

    private static ObjectNode chunk(String piece, String stop) {
        ObjectNode chunk = Json.object();
        chunk.putArray("outputs").addObject().put("text", piece).put("stop_reason", stop);
        return chunk;
    }
}
