package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import java.util.function.Consumer;

/**
 * A stream whose events are joined to the body of a unary reply, which the format reads at the end. It knows what Bedrock
 * itself adds to a model's events: the counts of the last one, and a guardrail's word.
 *
 * <p>Source: Amazon Bedrock API reference, InvokeModelWithResponseStream; {@code amazon-bedrock-invocationMetrics} stands in
 * each family's last chunk.
 */
abstract class JoinedStream implements ReplyStream {
    private static final String GUARDRAIL = "amazon-bedrock-guardrailAction";

    private final ModelFormat format;
    private final LlmRequest request;
    private final Model model;
    private final PartEmitter emitter = new PartEmitter();
    private Usage counted = Usage.UNKNOWN;
    private JsonNode guardrail;
    private boolean ended;

    /**
     * @param format reads the joined body
     * @param request what was written
     * @param model the entry that is called
     */
    JoinedStream(ModelFormat format, LlmRequest request, Model model) {
        this.format = format;
        this.request = request;
        this.model = model;
    }

    /** Whether events of a type are read, which else are passed over. */
    boolean knows(String type) {
        return type.equals("chunk");
    }

    /**
     * Joins an event to the body, and gives out what it makes certain.
     *
     * @param event a JSON object
     * @throws LlmException {@code provider_error} when it cannot be read
     */
    abstract void event(String type, JsonNode event, Consumer<Part> parts);

    /** Gives out what only the end of the stream makes certain, for those who know of something. */
    void finish(Consumer<Part> parts) {}

    /** The body of the unary reply, as far as it came. */
    abstract ObjectNode joined();

    /**
     * The counts so far.
     *
     * @param counted those of Bedrock's own metrics, for what the family does not say
     */
    abstract Usage usage(Usage counted);

    final LlmRequest request() {
        return request;
    }

    final Model model() {
        return model;
    }

    final PartEmitter emitter() {
        return emitter;
    }

    /** The answer's own end has come. */
    final void markEnded() {
        ended = true;
    }

    /** Some models end their stream with the JSON string {@code [DONE]}. */
    @Override
    public final void read(String type, JsonNode event, Consumer<Part> parts) {
        if (!knows(type) || event.isTextual() && event.textValue().equals("[DONE]")) {
            return;
        }
        try {
            if (!event.isObject()) {
                throw ReplyReading.unreadable("an event of its stream is no JSON object", null);
            }
            readOwn(event);
            event(type, event, parts);
        } catch (LlmException e) {
            throw ReplyReading.paid(e, usage());
        }
    }

    private void readOwn(JsonNode event) {
        JsonNode metrics = event.path("amazon-bedrock-invocationMetrics");
        if (metrics.isObject()) {
            counted = new Usage(
                    ReplyReading.count(metrics.path("inputTokenCount"), counted.inputTokens()),
                    ReplyReading.count(metrics.path("outputTokenCount"), counted.outputTokens()),
                    ReplyReading.count(metrics.path("cacheReadInputTokenCount"), counted.cacheReadTokens()),
                    ReplyReading.count(metrics.path("cacheWriteInputTokenCount"), counted.cacheWriteTokens()));
            markEnded();
        }
        if (ReplyReading.guardrailIntervened(event)) {
            guardrail = event.get(GUARDRAIL);
        }
    }

    @Override
    public final boolean ended() {
        return ended;
    }

    @Override
    public final Usage usage() {
        return usage(counted);
    }

    @Override
    public final FormatReply soFar() {
        try {
            FormatReply reply = reading(part -> {});
            // Reasoning that nothing has closed yet reads as text.
            return emitter.hasReasoned() && reply.reasoning() == null ? null : reply;
        } catch (LlmException e) {
            // Half an answer may be none.
            return null;
        }
    }

    @Override
    public final FormatReply end(Consumer<Part> parts) {
        FormatReply reply = reading(parts);
        emitter.rest(reply, parts);
        return reply;
    }

    private FormatReply reading(Consumer<Part> parts) {
        finish(parts);
        ObjectNode body = joined();
        if (guardrail != null) {
            body.set(GUARDRAIL, guardrail);
        }
        return format.read(WireReply.joined(body, counted, request, model));
    }
}
