package dev.caravan.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events of Caravan's own API: {@code start}, {@code delta}, and {@code end} or {@code error}, each with one
 * line of JSON; comments between them as signs of life (HTML standard, 9.2 "Server-sent events").
 */
final class CaravanEvents implements EventWriter {
    private static final byte[] END_OF_EVENT = ascii("\n\n");
    private static final byte[] START = ascii("event: start\ndata: ");
    private static final byte[] DELTA = ascii("event: delta\ndata: ");
    private static final byte[] END = ascii("event: end\ndata: ");
    private static final byte[] ERROR = ascii("event: error\ndata: ");

    @Override
    public String contentType() {
        return "text/event-stream";
    }

    @Override
    public byte[] start(StreamStart start) {
        ObjectNode data = Json.object();
        data.put("id", start.id());
        data.put("model", start.model());
        data.put("provider", start.provider());
        data.put("emulated", start.emulated());
        return event(START, data);
    }

    @Override
    public byte[] part(Part part, int answer) {
        ObjectNode data = Json.object();
        if (part instanceof Part.Text text) {
            data.put("text", Texts.wellFormed(text.text()));
        } else if (part instanceof Part.Reasoning reasoning) {
            data.put("reasoning", Texts.wellFormed(reasoning.text()));
        } else if (part instanceof Part.ToolInput call) {
            data.putObject("tool_call")
                    .put("index", call.index())
                    .put("id", Texts.wellFormed(call.id()))
                    .put("name", Texts.wellFormed(call.name()))
                    .put("input", Texts.wellFormed(call.input()));
        }
        if (answer > 1) {
            data.put("attempt", answer);
        }
        return event(DELTA, data);
    }

    @Override
    public byte[] end(LlmReply reply) {
        return event(END, ReplyWriter.withoutText(reply));
    }

    @Override
    public byte[] error(LlmException failure, String requestId) {
        return event(ERROR, Problem.write(failure, requestId));
    }

    @Override
    public byte[] ping() {
        return ascii(": ping\n\n");
    }

    private static byte[] event(byte[] head, ObjectNode data) {
        byte[] json = Json.write(data);
        byte[] event = new byte[head.length + json.length + END_OF_EVENT.length];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(json, 0, event, head.length, json.length);
        System.arraycopy(END_OF_EVENT, 0, event, head.length + json.length, END_OF_EVENT.length);
        return event;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
