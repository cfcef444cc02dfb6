package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;

/**
 * AI21 Jamba as Bedrock's InvokeModel takes it.
 *
 * <p>Source: Amazon Bedrock user guide, "AI21 Labs Jamba models". No choice among tools is documented: the model
 * decides, and {@code none} is said by leaving the tools out.
 */
public final class JambaChat implements ModelFormat {
    private static final ChatBody.Manner MANNER = new ChatBody.Manner(true, false);

    @Override
    public String name() {
        return "jamba-chat";
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        NativeJson.refuse(request, model);
        ObjectNode body = Json.object();
        ChatBody.writeMessages(request, body.putArray("messages"), MANNER);
        ChatBody.writeParameters(request, body);
        ChatBody.writeTools(OfferedTools.of(request, model).tools(), body);
        return Json.write(body);
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ChoiceReading.read(wire, List.of("finish_reason", "stop_reason"));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new ChoiceStream(this, request, model);
    }
}
