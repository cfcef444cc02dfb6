package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads what the reply of Converse and Nova's native one have in common (botocore model of bedrock-runtime, shape
 * {@code ConverseResponse}).
 */
final class ConverseReply {
    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "end_turn", StopReason.END_TURN,
            "max_tokens", StopReason.MAX_TOKENS,
            "model_context_window_exceeded", StopReason.MAX_TOKENS,
            "stop_sequence", StopReason.STOP_SEQUENCE,
            "tool_use", StopReason.TOOL_USE,
            "content_filtered", StopReason.CONTENT_FILTERED,
            "guardrail_intervened", StopReason.GUARDRAIL_INTERVENED,
            "refusal", StopReason.REFUSAL);

    private static final List<String> PLAN = List.of("<thinking>", "</thinking>");

    private ConverseReply() {}

    /**
     * Names of the counters of the prompt cache.
     *
     * @param read of tokens read from it
     * @param write of tokens written to it
     */
    record CacheCounters(String read, String write) {}

    /** @throws LlmException {@code provider_error} when it is unreadable or has no content */
    static FormatReply read(WireReply wire, CacheCounters cache) {
        return ReplyReading.read(
                wire,
                (reply, counted) -> usage(reply.path("usage"), counted, cache),
                (reply, usage) -> content(reply, usage, wire));
    }

    private static FormatReply content(JsonNode reply, Usage usage, WireReply wire) {
        JsonNode content = reply.path("output").path("message").path("content");
        if (!content.isArray()) {
            throw ReplyReading.unreadable("it has no content", null);
        }
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<ToolCallReading.Named> blocks = new ArrayList<>();
        for (JsonNode block : content) {
            text.append(text(block));
            reasoning.append(ReplyReading.text(
                    block.path("reasoningContent").path("reasoningText").path("text")));
            JsonNode use = block.path("toolUse");
            if (use.isObject()) {
                blocks.add(ToolCallReading.Named.of(use.path("toolUseId"), use.path("name"), use.path("input")));
            }
        }
        String raw = reply.path("stopReason").textValue();
        StopReason stopReason = ReplyReading.guardrailIntervened(reply)
                ? StopReason.GUARDRAIL_INTERVENED
                : STOP_REASONS.getOrDefault(raw == null ? "" : raw, StopReason.OTHER);
        InlineReasoning plan = plan(text.toString(), wire, stopReason);
        ToolCallReading calls = ToolCallReading.ofBlocks(blocks, wire.request());
        String said = calls.textWith(plan.text());
        if (calls.isEmpty()) {
            ReplyReading.requireContent(said, stopReason);
        }
        String thought = plan.reasoning() == null
                ? reasoning.toString()
                : plan.after(reasoning.toString()).reasoning();
        return new FormatReply(
                Texts.wellFormed(said),
                thought.isEmpty() ? null : Texts.wellFormed(thought),
                calls.calls(),
                calls.unread(),
                stopReason,
                raw,
                usage);
    }

    /** A text that cites sources comes in a block of its own, in parts. */
    private static String text(JsonNode block) {
        StringBuilder text = new StringBuilder(ReplyReading.text(block.path("text")));
        for (JsonNode part : block.path("citationsContent").path("content")) {
            text.append(ReplyReading.text(part.path("text")));
        }
        return text.toString();
    }

    /** Nova writes its plan into the answer when it has tools to choose from. */
    private static InlineReasoning plan(String text, WireReply wire, StopReason stopReason) {
        List<String> tags = planTags(wire.request(), wire.model());
        return tags.isEmpty()
                ? new InlineReasoning(null, text)
                : InlineReasoning.split(text, tags.get(0), tags.get(1), false, stopReason == StopReason.MAX_TOKENS);
    }

    /** Between which a plan may stand in the answer to a request; none when it cannot have one. */
    static List<String> planTags(LlmRequest request, Model model) {
        return ToolOffer.of(request, model, false).tools().isEmpty() ? List.of() : PLAN;
    }

    static Usage usage(JsonNode usage, Usage counted, CacheCounters cache) {
        return new Usage(
                ReplyReading.count(usage.path("inputTokens"), counted.inputTokens()),
                ReplyReading.count(usage.path("outputTokens"), counted.outputTokens()),
                ReplyReading.count(usage.path(cache.read()), counted.cacheReadTokens()),
                ReplyReading.count(usage.path(cache.write()), counted.cacheWriteTokens()));
    }
}
