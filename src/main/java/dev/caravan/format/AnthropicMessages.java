package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Anthropic Messages as Bedrock's InvokeModel takes it: Claude 3 to the newest.
 *
 * <p>Source: Amazon Bedrock user guide, "Anthropic Claude Messages API". The model and the operation stand in the
 * URL: {@code model} and {@code stream} in the body are refused.
 */
public final class AnthropicMessages implements ModelFormat {
    static final String NAME = "anthropic-messages";
    private static final String VERSION = "bedrock-2023-05-31";
    private static final int MAX_TOKENS_WHEN_UNKNOWN = 4096;

    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "end_turn", StopReason.END_TURN,
            "max_tokens", StopReason.MAX_TOKENS,
            "model_context_window_exceeded", StopReason.MAX_TOKENS,
            "stop_sequence", StopReason.STOP_SEQUENCE,
            "tool_use", StopReason.TOOL_USE,
            "refusal", StopReason.REFUSAL);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        ObjectNode body = Json.object();
        body.put("anthropic_version", VERSION);
        body.put("max_tokens", maxTokens(request, model));
        ToolOffer offer = ToolOffer.of(request, model, true);
        Turns turns = History.turns(request, offer.plain());
        writeSystem(turns.system(), body);
        ArrayNode messages = body.putArray("messages");
        turns.turns().forEach(turn -> messages.add(AnthropicBlocks.turn(turn)));
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put("top_p", request.topP());
        }
        if (!request.stop().isEmpty()) {
            writeStop(request.stop(), body.putArray("stop_sequences"));
        }
        AnthropicBlocks.writeTools(offer, body);
        if (model.rules().thinkingDefault() && model.rules().thinking() == Thinking.ADAPTIVE) {
            body.putObject("thinking").put("type", "disabled");
        }
        if (request.responseSchema() != null) {
            body.putObject("output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", request.responseSchema());
        }
        return Json.write(body);
    }

    /** Required by this format, so an absent value is the model's limit. */
    private static int maxTokens(LlmRequest request, Model model) {
        return request.maxTokens() != null
                ? request.maxTokens()
                : model.maxOutputTokens().orElse(MAX_TOKENS_WHEN_UNKNOWN);
    }

    /** The model refuses blank ones: "each stop sequence must contain non-whitespace". */
    private static void writeStop(List<String> given, ArrayNode stop) {
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i).isBlank()) {
                throw LlmException.invalid("stop[" + i + "]: must contain non-whitespace for this model.");
            }
            stop.add(given.get(i));
        }
    }

    /** One text stays a string; several keep their borders as blocks. */
    private static void writeSystem(List<String> texts, ObjectNode body) {
        if (texts.size() == 1) {
            body.put("system", texts.get(0));
        } else if (texts.size() > 1) {
            ArrayNode system = body.putArray("system");
            texts.forEach(text -> system.add(AnthropicBlocks.text(text)));
        }
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ReplyReading.read(
                wire, AnthropicMessages::usage, (reply, usage) -> content(reply, usage, wire.request()));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new AnthropicStream(this, request, model);
    }

    private static FormatReply content(JsonNode reply, Usage usage, LlmRequest asked) {
        if (!reply.path("content").isArray()) {
            throw ReplyReading.unreadable("it has no content", null);
        }
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<ToolCallReading.Named> blocks = new ArrayList<>();
        for (JsonNode block : reply.path("content")) {
            switch (block.path("type").asText()) {
                case "text" -> text.append(ReplyReading.text(block.path("text")));
                case "thinking" -> reasoning.append(ReplyReading.text(block.path("thinking")));
                case "tool_use" ->
                    blocks.add(ToolCallReading.Named.of(block.path("id"), block.path("name"), block.path("input")));
                default -> {
                    // redacted_thinking carries no text
                }
            }
        }
        String raw = reply.path("stop_reason").textValue();
        StopReason stopReason = ReplyReading.guardrailIntervened(reply)
                ? StopReason.GUARDRAIL_INTERVENED
                : STOP_REASONS.getOrDefault(raw == null ? "" : raw, StopReason.OTHER);
        ToolCallReading calls = ToolCallReading.ofBlocks(blocks, asked);
        String said = calls.textWith(text.toString());
        if (calls.isEmpty()) {
            ReplyReading.requireContent(said, stopReason);
        }
        return new FormatReply(
                Texts.wellFormed(said),
                reasoning.isEmpty() ? null : Texts.wellFormed(reasoning.toString()),
                calls.calls(),
                calls.unread(),
                stopReason,
                raw,
                usage);
    }

    static Usage usage(JsonNode reply, Usage counted) {
        JsonNode usage = reply.path("usage");
        return new Usage(
                ReplyReading.count(usage.path("input_tokens"), counted.inputTokens()),
                ReplyReading.count(usage.path("output_tokens"), counted.outputTokens()),
                ReplyReading.count(usage.path("cache_read_input_tokens"), counted.cacheReadTokens()),
                ReplyReading.count(usage.path("cache_creation_input_tokens"), counted.cacheWriteTokens()));
    }
}
