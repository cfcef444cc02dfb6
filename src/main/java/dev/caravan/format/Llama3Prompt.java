package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;
import java.util.List;

/**
 * Llama 3, 3.1, 3.2 and 3.3: {@link LlamaTemplate} with their tokens in {@link LlamaBody}. Llama 3 itself has no
 * tools.
 */
public final class Llama3Prompt implements ModelFormat {
    private static final LlamaTemplate TEMPLATE =
            new LlamaTemplate("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>");
    private static final List<String> END_TOKENS = List.of("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>");

    @Override
    public String name() {
        return "llama3-prompt";
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        return LlamaBody.write(TEMPLATE.prompt(request, model), request);
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
