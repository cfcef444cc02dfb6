package dev.caravan.structured;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of damaged JSON has no quotes: keys, numbers, literals, written out sound. A method gives the end of what it read,
 * exclusive, or -1 when it is not certain what it is.
 */
final class RepairWords {
    private static final Map<String, String> LITERALS =
            Map.of("true", "true", "false", "false", "null", "null", "True", "true", "False", "false", "None", "null");
    private static final Pattern NUMBER =
            Pattern.compile("([+-]?)(?:(0|[1-9][0-9]*)(?:\\.([0-9]*))?|\\.([0-9]+))([eE][+-]?[0-9]+)?");

    private final LooseText source;
    private final String text;
    private final int limit;
    private final StringBuilder out;

    RepairWords(LooseText source, StringBuilder out) {
        this.source = source;
        this.text = source.text();
        this.limit = source.limit();
        this.out = out;
    }

    int bareKey(int at) {
        int end = source.bareKeyEnd(at);
        if (end < 0 || LITERALS.containsKey(text.substring(at, end))) {
            return -1;
        }
        out.append('"').append(text, at, end).append('"');
        return end;
    }

    int scalar(int at) {
        int end = at;
        while (end < limit && (Character.isLetterOrDigit(text.charAt(end)) || "+-._".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        String token = text.substring(at, end);
        String literal = LITERALS.get(token);
        if (literal == null) {
            literal = number(token);
        }
        if (literal == null || end < limit && !mayFollow(text.charAt(end))) {
            return -1;
        }
        out.append(literal);
        return end;
    }

    private static boolean mayFollow(char c) {
        return Blanks.isBlank(c) || ",}]{/#".indexOf(c) >= 0 || LooseText.isQuote(c);
    }

    private static String number(String token) {
        Matcher number = NUMBER.matcher(token);
        if (token.length() > LooseText.AHEAD || !number.matches()) {
            return null;
        }
        String fraction = number.group(4) != null ? number.group(4) : number.group(3);
        return (number.group(1).equals("-") ? "-" : "")
                + (number.group(2) == null ? "0" : number.group(2))
                + (fraction == null || fraction.isEmpty() ? "" : "." + fraction)
                + (number.group(5) == null ? "" : number.group(5));
    }
}
