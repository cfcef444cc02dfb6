package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.family.StreamPart.Place;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A reply of Converse as events (recorded ones; Amazon Bedrock API reference, "ConverseStream"), and that of Nova's
 * native body, which wraps each event's name around it. A block of text or reasoning begins with its first delta; the
 * counts come after the stop.
 */
final class ConverseStream {
    private final boolean nova;
    private final List<StreamPart> parts = new ArrayList<>();
    private int index;

    private ConverseStream(boolean nova) {
        this.nova = nova;
    }

    static List<StreamPart> of(ObjectNode reply) {
        ConverseStream stream = new ConverseStream(false);
        stream.message(reply);
        ObjectNode metadata = Json.object();
        metadata.set("usage", reply.get("usage"));
        metadata.set("metrics", reply.get("metrics"));
        stream.add("metadata", metadata, Place.END);
        return stream.parts;
    }

    /** Nova's own: every piece of text is a block, with an index and an end of its own. */
    static List<StreamPart> ofNova(ObjectNode reply) {
        ConverseStream stream = new ConverseStream(true);
        stream.message(reply);
        ObjectNode metadata = Json.object();
        metadata.set("usage", reply.get("usage"));
        metadata.putObject("metrics");
        metadata.putObject("trace");
        stream.add("metadata", metadata, Place.END);
        return stream.parts;
    }

    private void message(ObjectNode reply) {
        JsonNode message = reply.at("/output/message");
        ObjectNode start = Json.object();
        start.set("role", message.get("role"));
        add("messageStart", start, Place.FRAME);
        message.get("content").forEach(this::block);
        ObjectNode stop = Json.object();
        stop.set("stopReason", reply.get("stopReason"));
        add("messageStop", stop, Place.END);
    }

    private void block(JsonNode block) {
        if (block.has("text")) {
            List<String> pieces = Pieces.words(block.get("text").textValue());
            if (nova) {
                pieces.forEach(piece -> {
                    delta(Place.CONTENT, delta -> delta.put("text", piece));
                    stop();
                });
                return;
            }
            pieces.forEach(piece -> delta(Place.CONTENT, delta -> delta.put("text", piece)));
        } else if (block.has("reasoningContent")) {
            JsonNode reasoning = block.at("/reasoningContent/reasoningText");
            BiConsumer<Place, ObjectNode> add =
                    (place, said) -> delta(place, delta -> delta.set("reasoningContent", said));
            Pieces.words(reasoning.get("text").textValue())
                    .forEach(piece -> add.accept(Place.CONTENT, Json.object().put("text", piece)));
            add.accept(Place.FRAME, Json.object().<ObjectNode>set("signature", reasoning.get("signature")));
        } else {
            toolUse((ObjectNode) block.get("toolUse"));
        }
        stop();
    }

    private void toolUse(ObjectNode call) {
        ObjectNode start = Json.object();
        ObjectNode opened = call.deepCopy();
        opened.remove("input");
        start.putObject("start").set("toolUse", opened);
        add("contentBlockStart", start.put("contentBlockIndex", index), Place.FRAME);
        BiConsumer<Place, String> add = (place, piece) ->
                delta(place, delta -> delta.putObject("toolUse").put("input", piece));
        add.accept(Place.FRAME, "");
        Pieces.json(call.get("input")).forEach(piece -> add.accept(Place.CONTENT, piece));
    }

    private void delta(Place place, Consumer<ObjectNode> content) {
        ObjectNode event = Json.object();
        if (nova) {
            content.accept(event.putObject("delta"));
            event.put("contentBlockIndex", index);
        } else {
            content.accept(event.put("contentBlockIndex", index).putObject("delta"));
        }
        add("contentBlockDelta", event, place);
    }

    private void stop() {
        add("contentBlockStop", Json.object().put("contentBlockIndex", index++), Place.FRAME);
    }

    private void add(String event, ObjectNode json, Place place) {
        if (nova) {
            ObjectNode wrapped = Json.object();
            wrapped.set(event, json);
            parts.add(new StreamPart("chunk", wrapped, place));
        } else {
            parts.add(new StreamPart(event, json, place));
        }
    }
}
