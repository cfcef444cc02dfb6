package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.function.Consumer;

/**
 * The stream of Cohere's Command R: {@code text-generation} with more of the text, {@code tool-calls-generation} with the
 * calls, {@code stream-end} with the stop reason and the whole reply once more.
 *
 * <p>Source: Cohere API v1 reference, "Chat with streaming". The calls have no ids; they get the ones that the unary reply's
 * get.
 */
final class CohereStream extends JoinedStream {
    private final StringBuilder text = new StringBuilder();
    private final ArrayNode calls = Json.mapper().createArrayNode();
    private final CallIds ids;
    private final boolean absentInput;
    private boolean unnamed;
    private ObjectNode body = Json.object();

    CohereStream(CohereChat format, LlmRequest request, Model model) {
        super(format, request, model);
        ids = new CallIds(request);
        absentInput = request.structured() == null;
    }

    @Override
    void event(String type, JsonNode event, Consumer<Part> parts) {
        switch (event.path("event_type").asText()) {
            case "text-generation" -> {
                String piece = StreamedBlock.piece(event.path("text"));
                text.append(piece);
                emitter().text(piece, parts);
            }
            case "tool-calls-generation" -> event.path("tool_calls").forEach(call -> call(call, parts));
            case "stream-end" -> whole(event);
            default -> {
                // stream-start, citations, searches, and pieces of calls that come whole afterwards
            }
        }
    }

    private void call(JsonNode call, Consumer<Part> parts) {
        StreamedCall streamed = new StreamedCall();
        streamed.id(TextNode.valueOf(ids.next()));
        streamed.name(call.path("name"));
        streamed.input(call.path("parameters"));
        unnamed = unnamed || !streamed.isKnown();
        if (!unnamed) {
            streamed.giveWhole(calls.size(), absentInput, emitter(), parts);
        }
        calls.add(call);
    }

    private void whole(JsonNode event) {
        if (event.path("response").isObject()) {
            body = event.path("response").deepCopy();
        }
        JsonNode reason = event.path("finish_reason");
        if (reason.isTextual()) {
            body.set("finish_reason", reason);
        }
        markEnded();
    }

    /** What went out is what counts, with what the last event may have beyond it. */
    @Override
    ObjectNode joined() {
        JsonNode repeated = body.path("text");
        boolean further = repeated.isTextual() && repeated.textValue().startsWith(text.toString());
        if (!further && (repeated.isTextual() || !text.isEmpty())) {
            body.put("text", text.toString());
        }
        if (!calls.isEmpty()) {
            body.set("tool_calls", calls);
        }
        return body;
    }

    @Override
    Usage usage(Usage counted) {
        return CohereChat.usage(body, counted);
    }
}
