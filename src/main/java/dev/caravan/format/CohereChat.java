package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice.Mode;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Cohere Command R and R+ as Bedrock's InvokeModel takes them: the user's last words are {@code message}, what was
 * said before is {@code chat_history}, system texts are the {@code preamble}.
 *
 * <p>Source: Amazon Bedrock user guide, "Cohere Command R and Command R+ models". The service writes its stop reasons
 * in upper case where the guide has lower case: both are read. Its tool calls have no ids, so ids are made for them.
 * Token counts stand in the response headers.
 */
public final class CohereChat implements ModelFormat {
    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "complete", StopReason.END_TURN,
            "stop_sequence", StopReason.STOP_SEQUENCE,
            "max_tokens", StopReason.MAX_TOKENS,
            "error_limit", StopReason.MAX_TOKENS,
            "error_toxic", StopReason.CONTENT_FILTERED);

    @Override
    public String name() {
        return "cohere-chat";
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        NativeJson.refuse(request, model);
        CohereTurns turns = CohereTurns.of(request);
        ObjectNode body = Json.object();
        body.put("message", turns.message());
        if (!turns.history().isEmpty()) {
            ArrayNode history = body.putArray("chat_history");
            turns.history()
                    .forEach(
                            line -> history.addObject().put("role", line.role()).put("message", line.message()));
        }
        if (turns.preamble() != null) {
            body.put("preamble", turns.preamble());
        }
        if (request.maxTokens() != null) {
            body.put("max_tokens", request.maxTokens());
        }
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put("p", request.topP());
        }
        ChatBody.writeStop("stop_sequences", request, body);
        writeTools(request, model, turns, body);
        return Json.write(body);
    }

    /** Results need the tools beside them, even when no further call is wanted or the request gives none. */
    private static void writeTools(LlmRequest request, Model model, CohereTurns turns, ObjectNode body) {
        boolean results = !turns.results().isEmpty();
        boolean noMore = request.toolChoice() != null && request.toolChoice().mode() == Mode.NONE;
        List<Tool> tools = results && noMore
                ? request.tools()
                : OfferedTools.of(request, model).tools();
        if (results && tools.isEmpty()) {
            tools = ToolOffer.named(request);
        }
        if (!tools.isEmpty()) {
            ArrayNode written = body.putArray("tools");
            tools.forEach(tool -> written.add(CohereTools.write(tool)));
        }
        if (results) {
            ArrayNode written = body.putArray("tool_results");
            turns.results().forEach(written::add);
        }
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ReplyReading.read(wire, CohereChat::usage, (reply, usage) -> content(reply, usage, wire.request()));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new CohereStream(this, request, model);
    }

    private static FormatReply content(JsonNode reply, Usage usage, LlmRequest asked) {
        JsonNode said = reply.path("text");
        if (!said.isTextual() && reply.path("tool_calls").isEmpty()) {
            throw ReplyReading.unreadable("it has no text", null);
        }
        String raw = reply.path("finish_reason").textValue();
        StopReason reason =
                STOP_REASONS.getOrDefault(raw == null ? "" : raw.toLowerCase(Locale.ROOT), StopReason.OTHER);
        ToolCallReading calls = ToolCallReading.ofParameters(reply.path("tool_calls"), asked);
        StopReason stop = ChoiceReading.stopReason(reply, reason, !calls.calls().isEmpty());
        String text = calls.textWith(said.isTextual() ? said.textValue() : "");
        ChoiceReading.requireContent(text, calls, stop);
        return new FormatReply(Texts.wellFormed(text), null, calls.calls(), calls.unread(), stop, raw, usage);
    }

    static Usage usage(JsonNode reply, Usage counted) {
        JsonNode billed = reply.path("meta").path("billed_units");
        return new Usage(
                ReplyReading.count(billed.path("input_tokens"), counted.inputTokens()),
                ReplyReading.count(billed.path("output_tokens"), counted.outputTokens()),
                counted.cacheReadTokens(),
                counted.cacheWriteTokens());
    }
}
