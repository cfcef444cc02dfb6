package dev.caravan.format;

import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;

/**
 * What a format read from a reply.
 *
 * @param text the answer without reasoning
 * @param reasoning reasoning text, or null
 * @param stopReason in our vocabulary
 * @param stopReasonRaw the model's own word
 * @param usage counts of the body, completed by those of the headers
 */
public record FormatReply(String text, String reasoning, StopReason stopReason, String stopReasonRaw, Usage usage) {}
