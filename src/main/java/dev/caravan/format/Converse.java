package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import dev.caravan.model.UnknownModels;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Bedrock's Converse: one form for all models, wrapped by the service into each model's own template.
 *
 * <p>Source: botocore model of bedrock-runtime, shapes {@code ConverseRequest} and {@code ConverseResponse}; Amazon
 * Bedrock API reference, "Converse". The model stands in the URL.
 */
public final class Converse implements ModelFormat {
    static final String NAME = "converse";
    private static final ConverseReply.CacheCounters CACHE =
            new ConverseReply.CacheCounters("cacheReadInputTokens", "cacheWriteInputTokens");

    /** By the API reference, {@code ToolResultBlock}: the status is for Amazon Nova and Anthropic Claude only. */
    private static final Set<String> TAKE_STATUS = Set.of("amazon", "anthropic");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Operation operation() {
        return Operation.CONVERSE;
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        ToolOffer offer = ToolOffer.of(request, model, false);
        Turns turns = History.turns(request, offer.plain());
        ObjectNode body = Json.object();
        List<Message> messages = turns.turns();
        if (model.capabilities().system()) {
            ConverseBody.writeSystem(turns.system(), body);
        } else {
            messages = ConverseBody.withSystemInFront(turns);
        }
        ConverseBody.writeMessages(messages, TAKE_STATUS.contains(model.vendor()), body);
        ConverseBody.writeInference(request, body);
        ConverseBody.writeTools(offer, schema(model), body);
        if (model.rules().thinkingDefault() && model.rules().thinking() == Thinking.ADAPTIVE) {
            body.putObject("additionalModelRequestFields").putObject("thinking").put("type", "disabled");
        }
        if (!request.metadata().isEmpty()) {
            ObjectNode metadata = body.putObject("requestMetadata");
            new TreeMap<>(request.metadata()).forEach(metadata::put);
        }
        if (request.responseSchema() != null) {
            ObjectNode format = body.putObject("outputConfig").putObject("textFormat");
            format.put("type", "json_schema")
                    .putObject("structure")
                    .putObject("jsonSchema")
                    .put("schema", request.responseSchema().toString());
        }
        return Json.write(body);
    }

    /** Behind an id that nobody knows may stand a Nova; what Nova takes, all others take. */
    private static UnaryOperator<JsonNode> schema(Model model) {
        return UnknownModels.isUnknown(model) ? NovaSchema::of : UnaryOperator.identity();
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
