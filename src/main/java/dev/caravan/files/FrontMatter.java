package dev.caravan.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text that may begin with fields in YAML: its first line is {@code ---}, and the fields end with the next line that is
 * {@code ---} or {@code ...}. Blanks may stand behind these marks. Lines end with LF, CRLF or CR.
 *
 * @param fields empty when there are none
 * @param text everything behind the fields, as it is
 */
record FrontMatter(ObjectNode fields, String text) {
    /** Characters of fields; a longer conversation belongs into a JSON file. */
    static final int MAX_CHARS = 1024 * 1024;

    /** For who meant no fields at all. */
    static final String NO_FIELDS = " (A text that begins with a line --- needs an empty line before it.)";

    private static final Pattern OPENING = Pattern.compile("\\A---[ \\t]*(?:\\r\\n|[\\r\\n]|\\z)");
    private static final Pattern CLOSING = Pattern.compile("^(?:---|\\.\\.\\.)[ \\t]*(?:\\r\\n|[\\r\\n]|\\z)");

    /** @throws LlmException {@code invalid_request} with the line when the fields are not closed, or no YAML of fields */
    static FrontMatter of(String content) {
        Matcher opening = OPENING.matcher(content);
        if (!opening.find()) {
            return new FrontMatter(Json.object(), content);
        }
        Matcher closing = CLOSING.matcher(content);
        int begin = opening.end();
        for (int line = begin; line < content.length(); line = nextLine(content, line)) {
            if (closing.region(line, content.length()).lookingAt()) {
                return new FrontMatter(YamlFields.read(yaml(content, begin, line)), content.substring(closing.end()));
            }
        }
        throw LlmException.invalid(
                "The front matter that line 1 opens is not closed: a line --- must end it." + NO_FIELDS);
    }

    /** With an empty line for the mark, so that the parser's lines are the file's. */
    private static String yaml(String content, int begin, int end) {
        if (end - begin > MAX_CHARS) {
            throw LlmException.invalid("The front matter is longer than " + MAX_CHARS
                    + " characters; a request of that size belongs into a .json file.");
        }
        return "\n" + content.substring(begin, end);
    }

    private static int nextLine(String content, int from) {
        for (int i = from; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c == '\n') {
                return i + 1;
            }
            if (c == '\r') {
                return i + 1 < content.length() && content.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            }
        }
        return content.length();
    }
}
