package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Locale;

/**
 * Mistral's chat completion as Bedrock's InvokeModel takes it: Mistral Large 24.07, Pixtral Large.
 *
 * <p>Source: Amazon Bedrock user guide, "Mistral AI chat completion". A reply says {@code stop_reason}, not
 * {@code finish_reason}, and has no token counts; those of the response headers count. {@code tool_choice} is
 * {@code auto}, {@code any} or {@code none}: there is no naming of a tool.
 */
public final class MistralChat implements ModelFormat {
    private static final ChatBody.Manner MANNER = new ChatBody.Manner(false, true);

    @Override
    public String name() {
        return "mistral-chat";
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        NativeJson.refuse(request, model);
        OfferedTools offered = OfferedTools.of(request, model);
        ObjectNode body = Json.object();
        ChatBody.writeMessages(request, body.putArray("messages"), MANNER);
        ChatBody.writeParameters(request, body);
        ChatBody.writeTools(offered.tools(), body);
        if (offered.mode() != null) {
            Mode mode = offered.mode() == Mode.TOOL ? Mode.ANY : offered.mode();
            body.put("tool_choice", mode.name().toLowerCase(Locale.ROOT));
        }
        return Json.write(body);
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ChoiceReading.read(wire, List.of("stop_reason", "finish_reason"));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new ChoiceStream(this, request, model);
    }
}
