package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A stream that was read to its end, or to its failure. */
final class StreamRun {
    private static final JsonMapper ASCII = JsonMapper.builder()
            .enable(com.fasterxml.jackson.core.json.JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    /** An event as {@link ReplyStream#read} takes it. */
    record Event(String type, JsonNode json) {}

    final List<List<Part>> partsByEvent = new ArrayList<>();
    final List<Usage> usages = new ArrayList<>();
    boolean ended;
    FormatReply reply;
    LlmException failure;

    /** ConverseStream's event, written as {@code {name: payload}}. */
    static Event named(JsonNode event) {
        String name = event.fieldNames().next();
        return new Event(name, event.get(name));
    }

    static Event chunk(String json) {
        return new Event("chunk", parsed(json));
    }

    static JsonNode parsed(String json) {
        try {
            return Json.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of a body, halves of surrogate pairs as their escapes. */
    static byte[] bytes(JsonNode body) {
        try {
            return ASCII.writeValueAsString(body).getBytes(StandardCharsets.US_ASCII);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the wire gives them: each event is written and read once more. */
    static StreamRun of(ModelFormat format, LlmRequest request, Model model, List<Event> events) {
        return read(format, request, model, events.stream().map(StreamRun::sent).toList());
    }

    private static Event sent(Event event) {
        return new Event(event.type(), parsed(new String(bytes(event.json()), StandardCharsets.US_ASCII)));
    }

    private static StreamRun read(ModelFormat format, LlmRequest request, Model model, List<Event> events) {
        StreamRun run = new StreamRun();
        ReplyStream stream = format.stream(request, model);
        try {
            for (Event event : events) {
                List<Part> parts = new ArrayList<>();
                run.partsByEvent.add(parts);
                stream.read(event.type(), event.json(), parts::add);
                run.usages.add(stream.usage());
            }
            run.ended = stream.ended();
            List<Part> rest = new ArrayList<>();
            run.partsByEvent.add(rest);
            run.reply = stream.end(rest::add);
        } catch (LlmException e) {
            run.failure = e;
        }
        return run;
    }

    /** Native chunks of a format as they are, with the model that its tests have. */
    static StreamRun ofChunks(String format, LlmRequest request, List<? extends JsonNode> chunks) {
        ModelFormat read = ModelFormats.named(format);
        return read(read, request, FormatModels.of(read), chunks(chunks));
    }

    static List<Event> chunks(List<? extends JsonNode> chunks) {
        return chunks.stream().map(chunk -> new Event("chunk", chunk)).toList();
    }

    /** What came before a break has all the text that went out, and no reasoning. */
    static void assertSoFar(ModelFormat format, LlmRequest request, Model model, List<Event> events) {
        ReplyStream stream = format.stream(request, model);
        StreamRun run = new StreamRun();
        List<Part> parts = new ArrayList<>();
        run.partsByEvent.add(parts);
        try {
            for (Event event : events) {
                stream.read(event.type(), sent(event).json(), parts::add);
            }
        } catch (LlmException e) {
            run.failure = e;
        }
        String text = run.text();
        int given = parts.size();

        FormatReply soFar = stream.soFar();

        assertThat(parts).hasSize(given);
        if (soFar == null) {
            assertThat(text).isBlank();
        } else {
            assertThat(soFar.text()).startsWith(soFar.unreadCalls().isEmpty() || !text.isBlank() ? text : "");
            assertThat(run.reasoning().isEmpty()
                            || soFar.reasoning() != null
                            || soFar.text().equals(text))
                    .isTrue();
        }
    }

    List<Part> parts() {
        return partsByEvent.stream().flatMap(List::stream).toList();
    }

    /** Parts of each event in short: {@code T:} text, {@code R:} reasoning, {@code C:} a call. */
    List<List<String>> told() {
        return partsByEvent.stream()
                .map(given -> given.stream().map(StreamRun::told).toList())
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
        StringBuilder text = new StringBuilder();
        parts().forEach(part -> text.append(part instanceof Part.Text more ? more.text() : ""));
        return text.toString();
    }

    String reasoning() {
        StringBuilder text = new StringBuilder();
        parts().forEach(part -> text.append(part instanceof Part.Reasoning more ? more.text() : ""));
        return text.toString();
    }

    /** The inputs by index. */
    List<String> inputs() {
        TreeMap<Integer, String> inputs = new TreeMap<>();
        for (Part part : parts()) {
            if (part instanceof Part.ToolInput more) {
                inputs.merge(more.index(), more.input(), String::concat);
            }
        }
        return List.copyOf(inputs.values());
    }

    /** The calls, put together from their parts: {@code {"id", "name", "input"}}. */
    List<JsonNode> calls() {
        Map<Integer, List<Part.ToolInput>> calls = parts().stream()
                .filter(Part.ToolInput.class::isInstance)
                .map(Part.ToolInput.class::cast)
                .collect(Collectors.groupingBy(Part.ToolInput::index, TreeMap::new, Collectors.toList()));
        return calls.values().stream().map(StreamRun::call).toList();
    }

    private static JsonNode call(List<Part.ToolInput> parts) {
        String input = parts.stream().map(Part.ToolInput::input).collect(Collectors.joining());
        ObjectNode call = Json.object()
                .put("id", parts.get(0).id())
                .put("name", parts.get(0).name());
        return call.set("input", ToolRequests.json(input));
    }

    /** The parts say what the reply says, and keep the rules of parts. */
    void assertPartsAreTheReply() {
        int last = 0;
        for (Part part : parts()) {
            if (part instanceof Part.ToolInput more) {
                assertThat(more.index()).isBetween(last, last + (inputs().isEmpty() ? 0 : 1));
                last = more.index();
                if (reply.unreadCalls().isEmpty()) {
                    assertThat(more.id()).isEqualTo(reply.toolCalls().get(last).id());
                    assertThat(more.name())
                            .isEqualTo(reply.toolCalls().get(last).name());
                }
            } else {
                String said = part instanceof Part.Text text ? text.text() : ((Part.Reasoning) part).text();
                assertThat(said).isNotEmpty();
                assertThat(Texts.loneSurrogate(said, 0)).isNegative();
            }
        }
        if (!reply.unreadCalls().isEmpty()) {
            return;
        }
        assertThat(text()).isEqualTo(reply.text());
        assertThat(reasoning()).isEqualTo(reply.reasoning() == null ? "" : reply.reasoning());
        assertThat(inputs()).hasSameSizeAs(reply.toolCalls());
        for (int i = 0; i < inputs().size(); i++) {
            assertThat(parsed(inputs().get(i)))
                    .isEqualTo(reply.toolCalls().get(i).input());
        }
    }
}
