package dev.caravan.format;

/**
 * Reasoning that a model writes into its answer, between two tags and before all else.
 *
 * @param reasoning without its tags and the white space around; null when there is none
 * @param text what follows, without leading white space; all of it when there is no reasoning
 */
record InlineReasoning(String reasoning, String text) {

    /**
     * @param answer the model's whole text
     * @param open the opening tag, such as {@code <think>}; it counts at the beginning only
     * @param close the closing tag
     * @param begun whether the prompt itself ended with the opening tag
     * @param truncated whether the answer was cut off, so that a missing closing tag means reasoning to the end
     */
    static InlineReasoning split(String answer, String open, String close, boolean begun, boolean truncated) {
        String body = answer.stripLeading();
        boolean opened = body.startsWith(open);
        if (!opened && !begun) {
            return new InlineReasoning(null, answer);
        }
        int from = opened ? open.length() : 0;
        int end = body.indexOf(close, from);
        if (end < 0) {
            return truncated || opened
                    ? new InlineReasoning(given(body.substring(from)), "")
                    : new InlineReasoning(null, answer);
        }
        return new InlineReasoning(
                given(body.substring(from, end)),
                body.substring(end + close.length()).stripLeading());
    }

    private static String given(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
