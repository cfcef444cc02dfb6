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
    private static final Pattern KEY = Pattern.compile("[^\\s=\"]+");

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
        Matcher key = KEY.matcher(line);
        int at = 0;
        while (at < line.length()) {
            if (!key.region(at, line.length()).lookingAt()) {
                throw unreadable(line, at);
            }
            int end = key.end();
            StringBuilder value = new StringBuilder();
            if (end < line.length() && line.charAt(end) == '=') {
                end = value(line, end + 1, value);
            }
            if (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
                throw unreadable(line, at);
            }
            if (pairs.put(key.group(), value.toString()) != null) {
                throw AwsFailure.validation("@emulator: '" + key.group() + "' is given twice.");
            }
            at = end;
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
        }
        return pairs;
    }

    /** Reads a value that begins at a position, and tells where it ends. */
    private static int value(String line, int begin, StringBuilder value) {
        int at = begin;
        if (at == line.length() || line.charAt(at) != '"') {
            while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
                value.append(line.charAt(at++));
            }
            return at;
        }
        for (at++; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < line.length()) {
                c = line.charAt(++at);
                c = c == 'n' ? '\n' : c;
            }
            value.append(c);
        }
        throw unreadable(line, begin);
    }

    private static AwsFailure unreadable(String line, int at) {
        return AwsFailure.validation("@emulator: cannot read '" + line.substring(at)
                + "', expected key=value, with values that have spaces in double quotes.");
    }
}
