package dev.caravan.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Texts;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads single fields of a JSON request and says what is wrong with them, without repeating content. */
final class FieldReading {
    private static final int SHOWN = 60;
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^\\]]*(line: \\d+, column: \\d+)\\]");

    private static final Pattern JARGON = Pattern.compile(
            ", from `[^`]*`|: enable `[^`]*` to allow| \\(not recognized as one since Feature [^)]*\\)| \\(bound as `[^`]*`\\)");

    private FieldReading() {}

    /** Whether a field is there; null counts as absent. */
    static boolean given(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    /** A string that is not blank, or null when absent. */
    static String text(JsonNode tree, String name) {
        JsonNode node = tree.path(name);
        return given(node) ? requireText(node, name) : null;
    }

    static String requireText(JsonNode node, String path) {
        if (!node.isTextual()) {
            throw wrong(path, "must be a string", node);
        }
        if (Texts.isBlank(node.textValue())) {
            throw LlmException.invalid(path + ": must not be blank.");
        }
        return node.textValue();
    }

    static Double number(JsonNode tree, String name) {
        JsonNode node = tree.path(name);
        if (!given(node)) {
            return null;
        }
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw wrong(name, "must be a number", node);
        }
        return node.doubleValue();
    }

    static Integer integer(JsonNode tree, String name, int min, int max) {
        JsonNode node = tree.path(name);
        if (!given(node)) {
            return null;
        }
        if (!node.isIntegralNumber()) {
            throw wrong(name, "must be a whole number", node);
        }
        if (!node.canConvertToInt() || node.intValue() < min || node.intValue() > max) {
            throw LlmException.invalid(
                    name + ": must be " + range(node, min, max) + ", not " + shown(node.asText()) + ".");
        }
        return node.intValue();
    }

    private static String range(JsonNode node, int min, int max) {
        if (max < Integer.MAX_VALUE) {
            return "between " + min + " and " + max;
        }
        return node.bigIntegerValue().signum() > 0 ? "at most " + max : "at least " + min;
    }

    static LlmException wrong(String path, String rule, JsonNode node) {
        return LlmException.invalid(path + ": " + rule + ", not " + kind(node) + ".");
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "absent";
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> "the number " + shown(node.asText());
            case BOOLEAN -> node.asText();
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> node.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    }

    /** A field's name as the caller wrote it, shortened; in quotes when there is nothing to see of it. */
    static String fieldName(String name) {
        return Texts.isBlank(name) ? "\"" + shown(name) + "\"" : shown(name);
    }

    /** A name as the caller wrote it, shortened. */
    static String shown(String name) {
        return Texts.shorten(name, SHOWN);
    }

    /** The parser's own words and place. */
    static String problem(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return Texts.shorten(plain(e.getOriginalMessage()), 200) + where;
    }

    /** Without the names of the parser's classes and settings, which tell a caller nothing. */
    private static String plain(String message) {
        if (message.startsWith("Trailing token")) {
            return "there is more behind the end of the value";
        }
        return JARGON.matcher(SOURCE.matcher(message).replaceAll("$1")).replaceAll("");
    }

    /** Refuses text that is half a surrogate pair, as a fault of what the tree came as: it cannot be written as UTF-8. */
    static void requireUnicode(JsonNode node, String what) {
        if (node.isTextual()) {
            requireUnicode(node.textValue(), what);
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                requireUnicode(field.getKey(), what);
                requireUnicode(field.getValue(), what);
            }
        } else {
            node.forEach(part -> requireUnicode(part, what));
        }
    }

    private static void requireUnicode(String text, String what) {
        if (Texts.loneSurrogate(text, 0) >= 0) {
            throw LlmException.invalid(what + " has text that is not valid Unicode (half a surrogate pair).");
        }
    }
}
