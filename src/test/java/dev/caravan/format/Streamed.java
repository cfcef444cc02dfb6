package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a stream gave out.
 *
 * @param parts the parts of each event, and last those of the end
 * @param reply null when it failed
 * @param failure null when it did not
 * @param ended whether its own end was seen
 */
record Streamed(List<List<Part>> parts, FormatReply reply, LlmException failure, boolean ended) {

    static Streamed of(ModelFormat format, LlmRequest request, Model model, List<? extends JsonNode> chunks) {
        ReplyStream stream = format.stream(request, model);
        List<List<Part>> parts = new ArrayList<>();
        try {
            for (JsonNode chunk : chunks) {
                List<Part> given = new ArrayList<>();
                parts.add(given);
                stream.read("chunk", chunk, given::add);
            }
            List<Part> rest = new ArrayList<>();
            parts.add(rest);
            return new Streamed(parts, stream.end(rest::add), null, stream.ended());
        } catch (LlmException e) {
            return new Streamed(parts, null, e, stream.ended());
        }
    }

    static Streamed of(String format, LlmRequest request, List<? extends JsonNode> chunks) {
        ModelFormat read = ModelFormats.named(format);
        return of(read, request, FormatModels.of(read), chunks);
    }

    /** Parts in short: {@code T:} text, {@code R:} reasoning, {@code C:} a call. */
    List<List<String>> told() {
        return parts.stream()
                .map(given -> given.stream().map(Streamed::told).toList())
                .toList();
    }

    private static String told(Part part) {
        if (part instanceof Part.Text text) {
            return "T:" + text.text();
        }
        if (part instanceof Part.Reasoning reasoning) {
            return "R:" + reasoning.text();
        }
        return "C:" + ((Part.ToolInput) part).input();
    }

    String text() {
        return all(Part.Text.class).stream().map(Part.Text::text).collect(Collectors.joining());
    }

    String reasoning() {
        return all(Part.Reasoning.class).stream().map(Part.Reasoning::text).collect(Collectors.joining());
    }

    /** The calls, put together from their parts: {@code {"id", "name", "input"}}. */
    List<JsonNode> calls() {
        Map<Integer, List<Part.ToolInput>> calls = all(Part.ToolInput.class).stream()
                .collect(Collectors.groupingBy(Part.ToolInput::index, TreeMap::new, Collectors.toList()));
        return calls.values().stream().map(Streamed::call).toList();
    }

    private static JsonNode call(List<Part.ToolInput> parts) {
        String input = parts.stream().map(Part.ToolInput::input).collect(Collectors.joining());
        ObjectNode call = Json.object()
                .put("id", parts.get(0).id())
                .put("name", parts.get(0).name());
        call.set("input", ToolRequests.json(input));
        return call;
    }

    private <P extends Part> List<P> all(Class<P> kind) {
        return parts.stream()
                .flatMap(List::stream)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
