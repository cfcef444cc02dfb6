package dev.caravan.chat;

/**
 * Token counts as the provider reported them; {@code null} where it reported none (never 0 for "unknown").
 *
 * @param inputTokens input without what was read from or written to a prompt cache
 * @param outputTokens output, reasoning included
 * @param cacheReadTokens input read from the prompt cache
 * @param cacheWriteTokens input written to the prompt cache
 */
public record Usage(Long inputTokens, Long outputTokens, Long cacheReadTokens, Long cacheWriteTokens) {

    /** No counts at all. */
    public static final Usage UNKNOWN = new Usage(null, null, null, null);

    public static Usage of(Long inputTokens, Long outputTokens) {
        return new Usage(inputTokens, outputTokens, null, null);
    }

    /** The sum of all counters, or {@code null} unless both input and output are known. */
    public Long totalTokens() {
        if (inputTokens == null || outputTokens == null) {
            return null;
        }
        return inputTokens + outputTokens + zero(cacheReadTokens) + zero(cacheWriteTokens);
    }

    /** Adds the counts of another call of the same request; a count that neither reports stays unknown. */
    public Usage plus(Usage other) {
        return new Usage(
                sum(inputTokens, other.inputTokens),
                sum(outputTokens, other.outputTokens),
                sum(cacheReadTokens, other.cacheReadTokens),
                sum(cacheWriteTokens, other.cacheWriteTokens));
    }

    private static Long sum(Long a, Long b) {
        return a == null && b == null ? null : Long.valueOf(zero(a) + zero(b));
    }

    private static long zero(Long count) {
        return count == null ? 0 : count;
    }
}
