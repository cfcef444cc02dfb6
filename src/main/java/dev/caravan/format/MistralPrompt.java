package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;

/** Mistral 7B and Mixtral 8x7B: {@link MistralBody} with the system texts before the first text of the user. */
public final class MistralPrompt implements ModelFormat {

    @Override
    public String name() {
        return "mistral-prompt";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        return MistralBody.write(request, MistralBody.SystemPlace.FIRST_USER_TEXT);
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
