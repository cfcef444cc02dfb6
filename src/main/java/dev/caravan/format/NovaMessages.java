package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;

/**
 * Amazon Nova's messages-v1 as InvokeModel takes it: nearly Converse's body, with counters of other names.
 *
 * <p>Source: Amazon Nova user guide, "Complete request schema" and "Defining a tool".
 */
public final class NovaMessages implements ModelFormat {
    static final String NAME = "nova-messages-v1";
    private static final ConverseReply.CacheCounters CACHE =
            new ConverseReply.CacheCounters("cacheReadInputTokenCount", "cacheWriteInputTokenCount");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        if (request.responseSchema() != null) {
            throw LlmException.invalid("schema: " + model.id() + " has no JSON mode of its own.");
        }
        ToolOffer offer = ToolOffer.of(request, model, false);
        Turns turns = History.turns(request, offer.plain());
        ObjectNode body = Json.object().put("schemaVersion", "messages-v1");
        ConverseBody.writeSystem(turns.system(), body);
        ConverseBody.writeMessages(turns.turns(), true, body);
        ConverseBody.writeInference(request, body);
        ConverseBody.writeTools(offer, NovaSchema::of, body);
        return Json.write(body);
    }

    @Override
    public FormatReply read(WireReply reply) {
        return ConverseReply.read(reply, CACHE);
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new ConverseStream(this, CACHE, request, model);
    }
}
