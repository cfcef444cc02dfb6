package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A model's answer.
 *
 * @param id id of this reply: the request id of the door
 * @param model the id that was called, profile prefix included
 * @param provider the provider's name, {@code bedrock}
 * @param region AWS region called; null for providers without regions
 * @param text the answer, without reasoning
 * @param reasoning the model's reasoning text; null when there was none
 * @param stopReason why the model stopped
 * @param stopReasonRaw the model's own word for it, as it came
 * @param usage token counts over all calls
 * @param attempts upstream calls made, at least 1
 * @param latency from the request's arrival in the trunk to the reply
 * @param emulated whether the embedded Bedrock answered
 * @param toolCalls tools that the model wants called
 * @param data the answer as JSON, valid against the request's schema; null for an answer in text
 * @param validation how it came to be valid; null for an answer in text
 */
public record LlmReply(
        String id,
        String model,
        String provider,
        String region,
        String text,
        String reasoning,
        StopReason stopReason,
        String stopReasonRaw,
        Usage usage,
        int attempts,
        Duration latency,
        boolean emulated,
        List<Block.ToolUse> toolCalls,
        JsonNode data,
        Validation validation) {

    public LlmReply {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(stopReason, "stopReason");
        Objects.requireNonNull(usage, "usage");
        toolCalls = List.copyOf(toolCalls);
    }
}
