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
 * @param toolCalls tools that the model wants called, in order; none when the input of one of them cannot be read
 * @param unreadCalls calls whose input cannot be read; the inputs stand in the text, too
 * @param stopReason in our vocabulary
 * @param stopReasonRaw the model's own word
 * @param usage counts of the body, completed by those of the headers
 */
public record FormatReply(
        String text,
        String reasoning,
        List<Block.ToolUse> toolCalls,
        List<UnreadCall> unreadCalls,
        StopReason stopReason,
        String stopReasonRaw,
        Usage usage) {

    public FormatReply {
        toolCalls = List.copyOf(toolCalls);
        unreadCalls = List.copyOf(unreadCalls);
    }

    /** A reply whose calls, if there are any, can all be read. */
    public FormatReply(
            String text,
            String reasoning,
            List<Block.ToolUse> toolCalls,
            StopReason stopReason,
            String stopReasonRaw,
            Usage usage) {
        this(text, reasoning, toolCalls, List.of(), stopReason, stopReasonRaw, usage);
    }
}
