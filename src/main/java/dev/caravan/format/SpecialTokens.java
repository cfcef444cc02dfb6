package dev.caravan.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Control tokens of a prompt format, which a caller's text must not contain: whoever can write one can end their turn
 * and begin another's.
 *
 * <p>A token in a text is broken by a space after its first character, so that nothing is lost and, unlike with
 * deleting, no new token can come together from what stood around it. All else stays as it is.
 */
enum SpecialTokens {
    /** {@code <|eot_id|>}, {@code <|header_start|>}, {@code <|reserved_special_token_0|>} … of Llama 3 and 4. */
    LLAMA("(<)\\|[A-Za-z0-9_]+\\|>"),

    /** Llama 2 and Mistral; in upper case only, since {@code a[inst]} is code. */
    INSTRUCT("(<)(?:/?s>|unk>|</?SYS>>)|(\\[)/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT"
            + "|SYSTEM_PROMPT|PREFIX|MIDDLE|SUFFIX|IMG|IMG_BREAK|IMG_END)\\]"),

    /** {@code <｜User｜>} … with full-width bars (U+FF5C), {@code <|EOT|>}, and the tags around the reasoning. */
    DEEPSEEK("(<)(?:[\\x{FF5C}|][^\\x{FF5C}|<>\\s]+[\\x{FF5C}|]>|/?think>)"),

    /**
     * A line that begins with {@code User:} or {@code Bot:}, in any case: Titan's turns are plain text. A line ends
     * with anything that Unicode calls a line separator.
     */
    TITAN(
            "((?:^|[\\n\\x0B\\f\\r\\x1C-\\x1E\\x{85}\\x{2028}\\x{2029}])[\\h\\x{200B}\\x{FEFF}]*(?i:U(?=ser\\h*:)|B(?=ot\\h*:)))");

    private final Pattern pattern;

    SpecialTokens(String pattern) {
        this.pattern = Pattern.compile(pattern);
    }

    /** The text without any of these tokens. */
    String breakUp(String text) {
        Matcher token = pattern.matcher(text);
        StringBuilder broken = new StringBuilder(text.length());
        int from = 0;
        while (token.find()) {
            int first = endOfFirstCharacter(token);
            broken.append(text, from, first).append(' ');
            from = first;
        }
        return from == 0 ? text : broken.append(text, from, text.length()).toString();
    }

    private static int endOfFirstCharacter(Matcher token) {
        for (int group = 1; group <= token.groupCount(); group++) {
            if (token.end(group) >= 0) {
                return token.end(group);
            }
        }
        throw new IllegalStateException("each token's first character is a group");
    }
}
