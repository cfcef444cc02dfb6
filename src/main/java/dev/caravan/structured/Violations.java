package dev.caravan.structured;

import com.networknt.schema.JsonNodePath;
import com.networknt.schema.PathType;
import com.networknt.schema.ValidationMessage;
import dev.caravan.error.SchemaViolation;
import java.util.Collection;
import java.util.List;

/** The engine's messages as violations. */
final class Violations {
    static final JsonNodePath ROOT = new JsonNodePath(PathType.JSON_POINTER);

    /** Characters of one message: an enum may have thousands of values. */
    static final int MAX_MESSAGE = 300;

    /** Characters of a path: keys of an answer are as long as the model likes. */
    private static final int MAX_PATH = 500;

    private Violations() {}

    /** Without duplicates, in the engine's order, at most {@value Found#MAX_ERRORS}. */
    static List<SchemaViolation> of(Collection<ValidationMessage> messages) {
        return messages.stream()
                .map(Violations::violation)
                .distinct()
                .limit(Found.MAX_ERRORS)
                .toList();
    }

    private static SchemaViolation violation(ValidationMessage message) {
        String place = message.getInstanceLocation().toString() + ": ";
        String text = String.valueOf(message.getMessage());
        return new SchemaViolation(
                shortened(pointer(message.getInstanceLocation()), MAX_PATH),
                message.getType(),
                shortened(text.startsWith(place) ? text.substring(place.length()) : text, MAX_MESSAGE));
    }

    /** RFC 6901; the engine's own form replaces line breaks and tabs too. */
    private static String pointer(JsonNodePath path) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < path.getNameCount(); i++) {
            out.append('/').append(SchemaKeywords.escape(path.getElement(i).toString()));
        }
        return out.toString();
    }

    static String shortened(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }
}
