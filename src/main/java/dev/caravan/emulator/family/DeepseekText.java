package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * DeepSeek-R1's body on InvokeModel (AWS user guide, "DeepSeek models"): the prompt ends with an open {@code <think>},
 * the reply begins with the reasoning and closes it.
 */
final class DeepseekText implements FamilyEmulator {
    private static final Set<String> KEYS =
            Set.of("prompt", "temperature", "top_p", "max_tokens", "stop", "amazon-bedrock-guardrailConfig");
    private static final String USER = "<｜User｜>";
    private static final String ASSISTANT = "<｜Assistant｜>";
    private static final String BEGIN = "<｜begin▁of▁sentence｜>";
    private static final String END = "<｜end▁of▁sentence｜>";
    private static final String THINK = "<think>";
    private static final int MAX_STOPS = 10;
    private static final int MAX_TOKENS = 32_768;

    @Override
    public String format() {
        return "deepseek-prompt";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        PromptText.requireObject(body);
        new SchemaFaults()
                .required(body, List.of("prompt"))
                .onlyKnown(body, KEYS)
                .type(body, "prompt", JsonNodeType.STRING)
                .minLength(body, "prompt", 1)
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .integer(body, "max_tokens", 1, (long) MAX_TOKENS)
                .strings(body, "stop", PromptText.ANYTHING)
                .maxItems(body, "stop", MAX_STOPS)
                .refuse();
        String prompt = body.get("prompt").textValue();
        int maxTokens = PromptText.integer(body, "max_tokens", MAX_TOKENS);
        return parse(prompt).conversation(prompt, maxTokens, PromptText.stop(body), true, model);
    }

    private static PromptText parse(String prompt) {
        List<Turn> turns = new ArrayList<>();
        int next = nextTurn(prompt, 0);
        String system =
                prompt.substring(0, Math.max(next, 0)).replace(BEGIN, "").strip();
        while (next >= 0) {
            int at = next;
            boolean user = prompt.startsWith(USER, at);
            int from = at + (user ? USER : ASSISTANT).length();
            next = nextTurn(prompt, from);
            String text = prompt.substring(from, next < 0 ? prompt.length() : next)
                    .replace(END, "")
                    .strip();
            boolean open = !user && next < 0;
            String spoken = open && text.startsWith(THINK)
                    ? text.substring(THINK.length()).strip()
                    : text;
            if (user || !spoken.isEmpty()) {
                turns.add(new Turn(user, spoken));
            }
        }
        return PromptText.of(prompt, system, turns);
    }

    private static int nextTurn(String prompt, int from) {
        int user = prompt.indexOf(USER, from);
        int assistant = prompt.indexOf(ASSISTANT, from);
        return user < 0 || assistant < 0 ? Math.max(user, assistant) : Math.min(user, assistant);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        boolean cut = answer.stop() == Answer.Stop.MAX_TOKENS;
        boolean stillThinking = cut && answer.text().isEmpty();
        String thought = answer.thinking()
                .map(thinking -> stillThinking ? thinking : thinking + "\n</think>\n\n")
                .orElse("");
        ObjectNode reply = Json.object();
        reply.putArray("choices")
                .addObject()
                .put("text", thought + answer.text().orElse(""))
                .put("stop_reason", ChatReplies.stopWord(answer));
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        JsonNode choice = reply.get("choices").get(0);
        List<StreamPart> parts = new ArrayList<>();
        Pieces.words(choice.get("text").textValue())
                .forEach(piece -> parts.add(StreamPart.content(chunk(piece, null))));
        parts.add(StreamPart.end(chunk("", choice.get("stop_reason").textValue())));
        return parts;
    }

    private static ObjectNode chunk(String piece, String stop) {
        ObjectNode chunk = Json.object();
        chunk.putArray("choices").addObject().put("text", piece).put("stop_reason", stop);
        return chunk;
    }
}
