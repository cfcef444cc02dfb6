package dev.caravan.emulator.misbehave;

import dev.caravan.emulator.aws.AwsFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A line {@code @emulator key=value …} in the text of a user message.
 *
 * <p>Pairs are separated by spaces; a value that begins with a double quote ends at the next one and may hold {@code
 * \"}, {@code \\} and {@code \n}; any other value ends at the next space. A key without a value is a flag. When a
 * text has several such lines the last one counts.
 */
public final class DirectiveLine {
    private static final Pattern LINE = Pattern.compile("(?m)^[ \\t]*@emulator(?:[ \\t]+([^\\r\\n]*))?[ \\t]*\\r?$");
    private static final Pattern PAIR = Pattern.compile(
            "([^\\s=]+)(?:=(?:\"((?:[^\"\\\\]|\\\\.)*+)\"(?=\\s|$)|([^\"\\s]\\S*|)(?=\\s|$)))?(?=\\s|$)\\s*");

    private DirectiveLine() {}

    /**
     * @return the directive of the last such line, or empty when the text has none
     * @throws AwsFailure ValidationException naming what is wrong with the line
     */
    public static Optional<Directive> find(String text) {
        String last = null;
        Matcher matcher = LINE.matcher(text);
        while (matcher.find()) {
            last = matcher.group(1) == null ? "" : matcher.group(1).trim();
        }
        return last == null ? Optional.empty() : Optional.of(DirectiveKeys.read(pairs(last)));
    }

    /** The text without such lines. */
    public static String strip(String text) {
        return text.lines()
                .filter(line -> !LINE.matcher(line).matches())
                .collect(Collectors.joining("\n"))
                .trim();
    }

    private static Map<String, String> pairs(String line) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Matcher matcher = PAIR.matcher(line);
        int position = 0;
        while (position < line.length()) {
            if (!matcher.find(position) || matcher.start() != position) {
                throw AwsFailure.validation("@emulator: cannot read '" + line.substring(position)
                        + "', expected key=value, with values that have spaces in double quotes.");
            }
            String value = matcher.group(2) == null ? matcher.group(3) : unescape(matcher.group(2));
            if (pairs.put(matcher.group(1), value == null ? "" : value) != null) {
                throw AwsFailure.validation("@emulator: '" + matcher.group(1) + "' is given twice.");
            }
            position = matcher.end();
        }
        return pairs;
    }

    private static String unescape(String quoted) {
        StringBuilder text = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c == '\\') {
                c = quoted.charAt(++i);
                text.append(c == 'n' ? '\n' : c);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
