package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;
import java.util.List;

/** Llama 4: {@link LlamaTemplate} with its tokens in {@link LlamaBody}. */
public final class Llama4Prompt implements ModelFormat {
    private static final LlamaTemplate TEMPLATE = new LlamaTemplate("<|header_start|>", "<|header_end|>", "<|eot|>");
    private static final List<String> END_TOKENS = List.of("<|eot|>", "<|eom|>", "<|end_of_text|>");

    @Override
    public String name() {
        return "llama4-prompt";
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
