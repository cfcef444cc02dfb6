package dev.caravan.format;

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
    LLAMA("<(?=\\|[A-Za-z0-9_]+\\|>)"),

    /** Llama 2 and Mistral; in upper case only, since {@code a[inst]} is code. */
    INSTRUCT("<(?=/?s>|unk>|</?SYS>>)|\\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT"
            + "|SYSTEM_PROMPT|PREFIX|MIDDLE|SUFFIX|IMG|IMG_BREAK|IMG_END)\\])"),

    /** {@code <｜User｜>} … with full-width bars (U+FF5C), {@code <|EOT|>}, and the tags around the reasoning. */
    DEEPSEEK("<(?=[\\x{FF5C}|][^\\x{FF5C}|<>\\s]+[\\x{FF5C}|]>|/?think>)"),

    /**
     * A line that begins with {@code User:} or {@code Bot:}, in any case: Titan's turns are plain text. A line ends
     * with anything that Unicode calls a line separator.
     */
    TITAN("(?:^|[\\n\\x0B\\f\\r\\x1C-\\x1E\\x{85}\\x{2028}\\x{2029}])[\\h\\x{200B}\\x{FEFF}]*"
            + "(?i:U(?=ser\\h*:)|B(?=ot\\h*:))");

    private final Pattern firstCharacter;

    /** @param firstCharacter matches a token from its beginning or before to its first character, and no further */
    SpecialTokens(String firstCharacter) {
        this.firstCharacter = Pattern.compile(firstCharacter);
    }

    /** The text without any of these tokens. */
    String breakUp(String text) {
        return firstCharacter.matcher(text).replaceAll("$0 ");
    }
}
