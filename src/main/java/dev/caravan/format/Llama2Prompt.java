package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.model.Model;
import java.util.List;

/**
 * Llama 2 chat in {@link LlamaBody}: each exchange is a sequence {@code <s>[INST] user [/INST] assistant </s>}, the
 * last one left open; the system prompt stands in the first one.
 *
 * <p>Source: Meta's model card "Llama 2", prompt format.
 */
public final class Llama2Prompt implements ModelFormat {
    private static final List<String> END_TOKENS = List.of("</s>");

    @Override
    public String name() {
        return "llama2-prompt";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        return LlamaBody.write(prompt(Turns.of(request)), request);
    }

    private static String prompt(Turns turns) {
        StringBuilder prompt = new StringBuilder();
        String system = turns.systemText();
        for (Message turn : turns.turns()) {
            String text = SpecialTokens.INSTRUCT.breakUp(turn.text().strip());
            if (turn.role() == Role.ASSISTANT) {
                prompt.append(' ').append(text).append(" </s>");
                continue;
            }
            prompt.append("<s>[INST] ");
            if (system != null) {
                prompt.append("<<SYS>>\n")
                        .append(SpecialTokens.INSTRUCT.breakUp(system.strip()))
                        .append("\n<</SYS>>\n\n");
                system = null;
            }
            prompt.append(text).append(" [/INST]");
        }
        return prompt.toString();
    }

    @Override
    public FormatReply read(WireReply reply) {
        return LlamaBody.read(reply, END_TOKENS);
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return LlamaBody.stream(this, request, model, END_TOKENS);
    }
}
