package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Llama's body on InvokeModel (AWS user guide, "Meta Llama models"), the same for all generations; only the prompt's
 * template differs. Only models that see take {@code images}.
 */
final class LlamaText implements FamilyEmulator {
    private static final Set<String> KEYS =
            Set.of("prompt", "temperature", "top_p", "max_gen_len", "amazon-bedrock-guardrailConfig");
    private static final int DEFAULT_LENGTH = 512;
    private static final long MAX_LENGTH = 2048;
    private final String format;
    private final Function<String, PromptText> template;
    private final String beforeAnswer;

    /** @param beforeAnswer what this generation's answers begin with */
    private LlamaText(String format, Function<String, PromptText> template, String beforeAnswer) {
        this.format = format;
        this.template = template;
        this.beforeAnswer = beforeAnswer;
    }

    static LlamaText llama2() {
        return new LlamaText("llama2-prompt", InstructPrompt::read, " ");
    }

    static LlamaText llama3() {
        return new LlamaText("llama3-prompt", HeaderPrompt.llama3()::read, "");
    }

    static LlamaText llama4() {
        return new LlamaText("llama4-prompt", HeaderPrompt.llama4()::read, "");
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        PromptText.requireObject(body);
        Set<String> known = new HashSet<>(KEYS);
        if (model.capabilities().vision()) {
            known.add("images");
        }
        new SchemaFaults()
                .required(body, List.of("prompt"))
                .onlyKnown(body, known)
                .type(body, "prompt", JsonNodeType.STRING)
                .minLength(body, "prompt", 1)
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .integer(body, "max_gen_len", 1, MAX_LENGTH)
                .strings(body, "images", PromptText.ANYTHING)
                .refuse();
        String prompt = body.get("prompt").textValue();
        int maxTokens = PromptText.integer(body, "max_gen_len", DEFAULT_LENGTH);
        return template.apply(prompt).conversation(prompt, maxTokens, List.of(), false, model);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        ObjectNode reply = Json.object();
        reply.put("generation", answer.text().map(beforeAnswer::concat).orElse(""));
        reply.put("prompt_token_count", conversation.inputTokens());
        reply.put("generation_token_count", answer.outputTokens());
        return reply.put("stop_reason", PromptText.stopWord(answer));
    }

    /** The prompt is counted in the first chunk only, the output as it grows. */
    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        long total = reply.get("generation_token_count").asLong();
        List<StreamPart> parts = new ArrayList<>();
        long chars = 0;
        for (String piece : Pieces.words(reply.get("generation").textValue())) {
            chars += piece.length();
            ObjectNode chunk = Json.object().put("generation", piece).putNull("prompt_token_count");
            chunk.put("generation_token_count", Math.min(total, Tokens.ofLength(chars)));
            parts.add(StreamPart.content(chunk.putNull("stop_reason")));
        }
        ObjectNode last = reply.deepCopy();
        parts.add(StreamPart.end(last.put("generation", "").putNull("prompt_token_count")));
        parts.get(0).json().set("prompt_token_count", reply.get("prompt_token_count"));
        return parts;
    }
}
