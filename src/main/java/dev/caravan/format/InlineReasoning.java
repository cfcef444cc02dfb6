package dev.caravan.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Reasoning that a model writes into its answer, between two tags and before all else.
 *
 * @param reasoning without its tags and the white space around, several parts with a blank line between them; null when
 *     there is none
 * @param text what follows, without leading white space; all of it when there is no reasoning
 */
record InlineReasoning(String reasoning, String text) {

    /**
     * @param answer the model's whole text
     * @param open the opening tag, such as {@code <think>}; it counts at the beginning, and behind a part that ended
     * @param close the closing tag
     * @param begun whether the prompt itself ended with the opening tag
     * @param truncated whether the answer was cut off, so that a missing closing tag means reasoning to the end
     */
    static InlineReasoning split(String answer, String open, String close, boolean begun, boolean truncated) {
        List<String> parts = new ArrayList<>();
        int rest = 0;
        for (boolean first = true; ; first = false) {
            int body = behindSpace(answer, rest);
            boolean opened = answer.startsWith(open, body);
            if (!opened && !(begun && first)) {
                break;
            }
            int from = opened ? body + open.length() : body;
            int end = answer.indexOf(close, from);
            if (end < 0 && !opened && !truncated) {
                break;
            }
            parts.add(answer.substring(from, end < 0 ? answer.length() : end));
            rest = end < 0 ? answer.length() : behindSpace(answer, end + close.length());
        }
        return of(parts, answer.substring(rest));
    }

    private static int behindSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /**
     * The reply of a model that always thinks, whose template may have opened the reasoning: what stands before a
     * closing tag without an opening one is reasoning, too.
     */
    static InlineReasoning splitThinking(String answer, String open, String close, boolean truncated) {
        int end = answer.indexOf(close);
        int start = answer.indexOf(open);
        boolean begun = end >= 0 && (start < 0 || start > end);
        return split(answer, open, close, begun, truncated);
    }

    /** The same with reasoning that came apart from the answer before its own; one of them if both say the same. */
    InlineReasoning after(String apart) {
        boolean same = reasoning == null || reasoning.strip().equals(apart.strip());
        return of(same ? List.of(apart) : List.of(apart, reasoning), text);
    }

    private static InlineReasoning of(List<String> parts, String text) {
        List<String> given = parts.stream()
                .filter(part -> !part.isBlank())
                .map(String::strip)
                .toList();
        return new InlineReasoning(given.isEmpty() ? null : String.join("\n\n", given), text);
    }
}
