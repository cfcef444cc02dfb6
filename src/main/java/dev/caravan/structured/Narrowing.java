package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Keywords that only narrow what a type allows: said where providers take them, else told in the description. */
final class Narrowing {
    private static final int MAX_HINT = 500;
    private static final Set<String> FORMATS =
            Set.of("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid");

    /** Anchored, of literals, classes, groups and small counts: others may be refused. */
    private static final Pattern SIMPLE_PATTERN = Pattern.compile(
            "\\^(?:[\\w :/@#,*+?.()|-]|\\\\[dws./-]|\\[[\\w .:-]+\\]|\\{\\d{1,2}(?:,\\d{1,2})?\\})*+\\$");

    private static final Pattern SPECIAL_GROUP_OR_QUANTIFIER = Pattern.compile("\\(\\?|[*+?}][*+?]");
    private static final int MAX_PATTERN = 100;

    /** Left out, but told. */
    private static final List<String> NARROWING = List.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties");

    private Narrowing() {}

    /** Of strings, the formats and patterns that providers take. */
    static void say(JsonNode schema, ObjectNode written) {
        if (FORMATS.contains(schema.path("format").asText())) {
            written.set("format", schema.get("format"));
        }
        if (isSimple(schema.path("pattern").asText())) {
            written.set("pattern", schema.get("pattern"));
        }
    }

    private static boolean isSimple(String pattern) {
        return pattern.length() <= MAX_PATTERN
                && SIMPLE_PATTERN.matcher(pattern).matches()
                && !SPECIAL_GROUP_OR_QUANTIFIER.matcher(pattern).find();
    }

    /** Title and description, with what is not said. */
    static void tell(JsonNode schema, ObjectNode written) {
        if (schema.path("title").isTextual()) {
            written.set("title", schema.get("title"));
        }
        ObjectNode left = Json.object();
        for (String name : NARROWING) {
            JsonNode value = schema.path(name);
            if (!value.isMissingNode()
                    && !value.equals(written.path(name))
                    && value.toString().length() <= MAX_HINT) {
                left.set(name, value);
            }
        }
        String described =
                schema.path("description").asText(written.path("description").asText());
        String text = left.isEmpty() ? described : (described + " " + left).strip();
        if (!text.isEmpty()) {
            written.put("description", text);
        }
    }
}
