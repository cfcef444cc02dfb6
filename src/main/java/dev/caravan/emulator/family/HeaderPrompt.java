package dev.caravan.emulator.family;

import dev.caravan.emulator.answer.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads prompts whose turns have headers: Llama 3 and 4.
 *
 * @param header the header's tokens around the role, which is group 1
 * @param end the token that ends a turn
 */
record HeaderPrompt(Pattern header, Pattern end) {
    private static final Pattern TOOL_LINE = Pattern.compile("(?m)^\\{\"type\":\"function\",.*$");

    static HeaderPrompt llama3() {
        return new HeaderPrompt(
                Pattern.compile("<\\|start_header_id\\|>(\\w+)<\\|end_header_id\\|>"),
                Pattern.compile("<\\|(?:eot_id|eom_id|end_of_text)\\|>"));
    }

    static HeaderPrompt llama4() {
        return new HeaderPrompt(
                Pattern.compile("<\\|header_start\\|>(\\w+)<\\|header_end\\|>"),
                Pattern.compile("<\\|(?:eot|eom|end_of_text)\\|>"));
    }

    PromptText read(String prompt) {
        List<String> system = new ArrayList<>();
        List<Turn> turns = new ArrayList<>();
        Matcher matcher = header.matcher(prompt);
        int last = prompt.length();
        for (boolean found = matcher.find(); found; ) {
            String role = matcher.group(1);
            int from = matcher.end();
            found = matcher.find();
            String content = content(prompt.substring(from, found ? matcher.start() : last));
            if (role.equals("system")) {
                system.add(content);
            } else if (role.equals("assistant")) {
                add(turns, new Turn(false, content));
            } else {
                add(turns, new Turn(true, withoutTools(content)));
            }
        }
        return PromptText.of(prompt, String.join("\n", system), turns);
    }

    private String content(String section) {
        Matcher matcher = end.matcher(section);
        return (matcher.find() ? section.substring(0, matcher.start()) : section).strip();
    }

    /** The assistant's open header at the end is no turn. */
    private static void add(List<Turn> turns, Turn turn) {
        if (turn.user() || !turn.text().isEmpty()) {
            turns.add(turn);
        }
    }

    /** The user's own words, after the last line that describes a tool. */
    private static String withoutTools(String content) {
        Matcher tool = TOOL_LINE.matcher(content);
        int from = 0;
        while (tool.find()) {
            from = tool.end();
        }
        return content.substring(from).strip();
    }
}
