package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.function.Consumer;

/**
 * The stream of replies in OpenAI's manner: chunks {@code {"choices": [{"delta": {…}, "finish_reason"}], "usage"}}, of which
 * the first choice counts. Some servers call the delta {@code message}; counts stand in the last chunk, in each, or in one
 * without choices.
 *
 * <p>Source: OpenAI API reference, "The chat completion chunk object". Reasoning that comes in several ways at once is the
 * same said twice: the first way that says something counts.
 */
final class ChoiceStream extends JoinedStream {
    private static final List<String> STOP_FIELDS = List.of("finish_reason", "stop_reason");

    private final ObjectNode body = Json.object();
    private final ObjectNode choice = Json.object();
    private final StringBuilder refusal = new StringBuilder();
    private final StreamedCalls calls = new StreamedCalls();
    private final ReasonedText said;
    private boolean begun;
    private int way = -1;

    ChoiceStream(ModelFormat format, LlmRequest request, Model model) {
        super(format, request, model);
        said = new ReasonedText(ChoiceReading.manner(model.rules()), emitter());
    }

    @Override
    void event(String type, JsonNode event, Consumer<Part> parts) {
        if (event.path("error").isObject()) {
            throw StreamFailure.of(event.path("error"));
        }
        if (event.path("usage").isObject()) {
            body.set("usage", event.path("usage"));
        }
        JsonNode first = first(event.path("choices"));
        JsonNode delta = first.path("delta").isObject() ? first.path("delta") : first.path("message");
        if (delta.isObject()) {
            begun = true;
            delta(delta, parts);
        } else if (!delta.isMissingNode() && !delta.isNull()) {
            throw ReplyReading.unreadable("a part of its stream is no part", null);
        }
        for (String field : STOP_FIELDS) {
            if (first.path(field).isTextual()) {
                choice.set(field, first.path(field));
                markEnded();
            }
        }
    }

    /** A chunk may be another choice's. */
    private static JsonNode first(JsonNode choices) {
        for (JsonNode one : choices) {
            if (ReplyReading.count(one.path("index"), 0L) == 0) {
                return one;
            }
        }
        return MissingNode.getInstance();
    }

    private void delta(JsonNode delta, Consumer<Part> parts) {
        ChoiceReading.Parts content = ChoiceReading.parts(delta.path("content"));
        String reasoning = reasoning(delta, content);
        if (!reasoning.isEmpty()) {
            said.reasoning(reasoning, parts);
        }
        if (!content.text().isEmpty()) {
            said.text(content.text(), parts);
        }
        refusal.append(ReplyReading.text(delta.path("refusal")));
        calls.add(delta.path("tool_calls"), emitter(), parts);
    }

    private String reasoning(JsonNode delta, ChoiceReading.Parts content) {
        List<String> ways = List.of(
                ReplyReading.text(delta.path("reasoning_content")),
                ReplyReading.text(delta.path("reasoning")),
                content.reasoning());
        for (int i = 0; way < 0 && i < ways.size(); i++) {
            way = ways.get(i).isBlank() ? -1 : i;
        }
        return way < 0 ? "" : ways.get(way);
    }

    @Override
    ObjectNode joined() {
        if (begun) {
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            message.put("content", said.text());
            message.put("reasoning_content", said.apart());
            message.put("refusal", refusal.toString());
            message.set("tool_calls", calls.joined());
            body.putArray("choices").add(choice);
        }
        return body;
    }

    @Override
    Usage usage(Usage counted) {
        return ChoiceReading.usage(body, counted);
    }
}
