package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;

/**
 * The prompt and body of Mistral's first models: {@code <s>[INST] user [/INST] assistant</s>[INST] user [/INST]}.
 * There is no system turn; where the system texts stand depends on the model's tokenizer. Token counts are in headers
 * only. An imported model may answer as a {@link TextCompletion}.
 *
 * <p>Source: Amazon Bedrock user guide, "Mistral AI text completion".
 */
final class MistralBody {
    private static final List<String> END_TOKENS = List.of("</s>");

    /** Which of the user's texts the system texts are put before. */
    enum SystemPlace {
        FIRST_USER_TEXT,
        LAST_USER_TEXT
    }

    private MistralBody() {}

    static byte[] write(LlmRequest request, SystemPlace place) {
        ObjectNode body = Json.object();
        body.put("prompt", prompt(Turns.of(request), place));
        PromptBody.maxTokens(request, body, "max_tokens");
        PromptBody.sampling(request, body, "top_p");
        PromptBody.stop(request, body);
        return Json.write(body);
    }

    private static String prompt(Turns turns, SystemPlace place) {
        List<Message> messages = turns.turns();
        int last = messages.size() - (turns.endsWithPrefill() ? 2 : 1);
        int systemAt = place == SystemPlace.FIRST_USER_TEXT ? 0 : last;
        StringBuilder prompt = new StringBuilder("<s>");
        for (int i = 0; i < messages.size(); i++) {
            Message turn = messages.get(i);
            if (turn.role() == Role.USER) {
                String text = PromptBody.withSystem(i == systemAt ? turns.systemText() : null, turn.text());
                prompt.append("[INST] ")
                        .append(SpecialTokens.INSTRUCT.breakUp(text))
                        .append(" [/INST]");
            } else {
                String text = SpecialTokens.INSTRUCT.breakUp(turn.text().strip());
                prompt.append(' ').append(text).append("</s>");
            }
        }
        return prompt.toString();
    }

    static FormatReply read(WireReply wire) {
        return ReplyReading.read(wire, MistralBody::usage, MistralBody::content);
    }

    static ReplyStream stream(ModelFormat format, LlmRequest request, Model model) {
        return new PromptStream.Builder(PromptChunks.MISTRAL, MistralBody::usage)
                .endTokens(END_TOKENS)
                .open(format, request, model);
    }

    /** In headers only, but for imported models. */
    private static Usage usage(JsonNode reply, Usage counted) {
        return TextCompletion.is(reply) ? TextCompletion.usage(reply, counted) : counted;
    }

    private static FormatReply content(JsonNode reply, Usage usage) {
        TextCompletion completion = TextCompletion.is(reply) ? TextCompletion.of(reply) : output(reply);
        String text = PromptAnswer.trimmed(completion.text(), END_TOKENS);
        String raw = completion.stopReason();
        StopReason stopReason = PromptAnswer.stopReason(raw, TextCompletion.STOP_REASONS, reply);
        ReplyReading.requireContent(text, stopReason);
        return new FormatReply(text, null, List.of(), stopReason, raw, usage);
    }

    private static TextCompletion output(JsonNode reply) {
        JsonNode output = reply.path("outputs").path(0);
        return new TextCompletion(
                PromptAnswer.required(output.path("text"), "outputs[0].text"),
                output.path("stop_reason").textValue());
    }
}
