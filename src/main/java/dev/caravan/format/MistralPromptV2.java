package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;

/**
 * Mistral Large and Small 24.02: {@link MistralBody} with the system texts before the last text of the user, where their
 * tokenizer (mistral-common, version 2) places them.
 */
public final class MistralPromptV2 implements ModelFormat {

    @Override
    public String name() {
        return "mistral-prompt-v2";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        return MistralBody.write(request, MistralBody.SystemPlace.LAST_USER_TEXT);
    }

    @Override
    public FormatReply read(WireReply reply) {
        return MistralBody.read(reply);
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return MistralBody.stream(this, request, model);
    }
}
