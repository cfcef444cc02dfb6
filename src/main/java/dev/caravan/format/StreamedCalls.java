package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Part;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Calls of a stream in OpenAI's manner, {@code [{"index", "id", "function": {"name", "arguments": "<piece>"}}]}. A call goes
 * out when those before it are whole. One without an id waits for the end: only then is it known which ids the reply has
 * not, so that one can be made. Not thread-safe.
 *
 * <p>Servers differ: id and name stand in a call's first piece or in each; whole calls may come without an index, or all
 * with the same.
 */
final class StreamedCalls {
    private final List<StreamedCall> calls = new ArrayList<>();
    private final Map<Long, StreamedCall> byIndex = new HashMap<>();
    private int current;

    /** @param pieces a list; what else stands there says nothing */
    void add(JsonNode pieces, PartEmitter emitter, Consumer<Part> out) {
        for (JsonNode piece : pieces) {
            StreamedCall call = of(piece);
            JsonNode function = piece.path("function");
            call.id(piece.path("id"));
            call.name(function.path("name"));
            call.input(function.path("arguments"));
        }
        give(emitter, out);
    }

    private StreamedCall of(JsonNode piece) {
        String id = piece.path("id").isTextual() ? piece.path("id").textValue() : "";
        Long index = ReplyReading.count(piece.path("index"), null);
        StreamedCall known = index == null ? unnumbered(piece, id) : byIndex.get(index);
        boolean another = known == null || !id.isEmpty() && !known.id().isEmpty() && !known.hasId(id);
        if (!another) {
            return known;
        }
        StreamedCall begun = new StreamedCall();
        calls.add(begun);
        if (index != null) {
            byIndex.put(index, begun);
        }
        return begun;
    }

    /** Whose piece it is: the call's of that id; without one the last, unless it names its tool. */
    private StreamedCall unnumbered(JsonNode piece, String id) {
        if (!id.isEmpty()) {
            return calls.stream().filter(call -> call.hasId(id)).findFirst().orElse(null);
        }
        boolean named = piece.path("function").path("name").isTextual();
        return calls.isEmpty() || named ? null : calls.get(calls.size() - 1);
    }

    private void give(PartEmitter emitter, Consumer<Part> out) {
        while (current < calls.size() && calls.get(current).isKnown()) {
            StreamedCall call = calls.get(current);
            call.give(current, emitter, out);
            if (!call.isClosed() || current + 1 == calls.size()) {
                return;
            }
            current++;
        }
    }

    /** The calls as the unary message has them. */
    ArrayNode joined() {
        ArrayNode joined = Json.mapper().createArrayNode();
        for (StreamedCall call : calls) {
            ObjectNode node = joined.addObject();
            if (!call.id().isEmpty()) {
                node.put("id", call.id());
            }
            ObjectNode function = node.putObject("function").put("name", call.name());
            if (!call.joinedInput().isMissingNode()) {
                function.set("arguments", call.joinedInput());
            }
        }
        return joined;
    }
}
