package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
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
import java.util.stream.Stream;

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
        writeSystem(request, body);
        writeMessages(request, body.putArray("messages"));
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put("top_p", request.topP());
        }
        if (!request.stop().isEmpty()) {
            writeStop(request.stop(), body.putArray("stop_sequences"));
        }
        if (model.rules().thinkingDefault() && model.rules().thinking() == Thinking.ADAPTIVE) {
            body.putObject("thinking").put("type", "disabled");
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
    private static void writeSystem(LlmRequest request, ObjectNode body) {
        List<String> texts = Stream.concat(
                        Stream.ofNullable(request.system()),
                        request.messages().stream()
                                .filter(message -> message.role() == Role.SYSTEM)
                                .map(Message::text))
                .toList();
        if (texts.size() == 1) {
            body.put("system", texts.get(0));
        } else if (texts.size() > 1) {
            ArrayNode system = body.putArray("system");
            texts.forEach(text -> system.add(textBlock(text)));
        }
    }

    /** Turns of the same role are merged: newer models and Converse refuse them. */
    private static void writeMessages(LlmRequest request, ArrayNode messages) {
        List<Message> turns = request.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
        int next = 0;
        while (next < turns.size()) {
            Role role = turns.get(next).role();
            List<Block> blocks = new ArrayList<>();
            while (next < turns.size() && turns.get(next).role() == role) {
                blocks.addAll(turns.get(next).content());
                next++;
            }
            boolean prefill = next == turns.size() && role == Role.ASSISTANT;
            messages.add(turn(role, blocks, prefill));
        }
    }

    private static ObjectNode turn(Role role, List<Block> blocks, boolean prefill) {
        ObjectNode turn = Json.object().put("role", role.word());
        if (blocks.size() == 1) {
            return turn.put("content", text(blocks.get(0), prefill));
        }
        ArrayNode content = turn.putArray("content");
        for (int i = 0; i < blocks.size(); i++) {
            content.add(textBlock(text(blocks.get(i), prefill && i == blocks.size() - 1)));
        }
        return turn;
    }

    /** A prefill that ends in white space is refused. */
    private static String text(Block block, boolean prefill) {
        String text = ((Block.Text) block).text();
        return prefill ? text.stripTrailing() : text;
    }

    private static ObjectNode textBlock(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public FormatReply read(WireReply wire) {
        JsonNode reply = ReplyReading.object(wire.body());
        if (!reply.path("content").isArray()) {
            throw ReplyReading.unreadable("it has no content", null);
        }
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        for (JsonNode block : reply.path("content")) {
            switch (block.path("type").asText()) {
                case "text" -> text.append(block.path("text").asText());
                case "thinking" -> reasoning.append(block.path("thinking").asText());
                default -> {
                    // redacted_thinking and blocks of tools that nobody asked for carry no text
                }
            }
        }
        String raw = reply.path("stop_reason").textValue();
        StopReason stopReason = ReplyReading.guardrailIntervened(reply)
                ? StopReason.GUARDRAIL_INTERVENED
                : STOP_REASONS.getOrDefault(raw == null ? "" : raw, StopReason.OTHER);
        ReplyReading.requireContent(text, stopReason);
        return new FormatReply(
                Texts.wellFormed(text.toString()),
                reasoning.isEmpty() ? null : Texts.wellFormed(reasoning.toString()),
                List.of(),
                stopReason,
                raw,
                usage(reply.path("usage"), wire.counted()));
    }

    private static Usage usage(JsonNode usage, Usage counted) {
        return new Usage(
                ReplyReading.count(usage.path("input_tokens"), counted.inputTokens()),
                ReplyReading.count(usage.path("output_tokens"), counted.outputTokens()),
                ReplyReading.count(usage.path("cache_read_input_tokens"), counted.cacheReadTokens()),
                ReplyReading.count(usage.path("cache_creation_input_tokens"), counted.cacheWriteTokens()));
    }
}
