package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import java.util.List;

/**
 * What a format read from a reply.
 *
 * @param text the answer without reasoning; empty when there is none
 * @param reasoning reasoning text, or null
 * @param toolCalls tools that the model wants called, in order
 * @param stopReason in our vocabulary
 * @param stopReasonRaw the model's own word
 * @param usage counts of the body, completed by those of the headers
 */
public record FormatReply(
        String text,
        String reasoning,
        List<Block.ToolUse> toolCalls,
        StopReason stopReason,
        String stopReasonRaw,
        Usage usage) {

    public FormatReply {
        toolCalls = List.copyOf(toolCalls);
    }
}
