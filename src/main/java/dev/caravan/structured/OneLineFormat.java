package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Format;
import com.networknt.schema.FormatValidator;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.ValidationContext;
import java.util.Set;

/**
 * A format of the engine that has no line break in it; some of its own pass over one at the end. What the JDK's readers
 * throw at is not of the format: since JDK 25 that of international host names does so for a long text.
 */
record OneLineFormat(Format format) implements Format {
    private static final Set<String> OF_LINES = Set.of("regex", "json-pointer", "relative-json-pointer");

    static Format of(Format format) {
        return OF_LINES.contains(format.getName()) ? format : new OneLineFormat(format);
    }

    @Override
    public String getName() {
        return format.getName();
    }

    @Override
    public String getMessageKey() {
        return format.getMessageKey();
    }

    @Override
    public boolean matches(
            ExecutionContext execution,
            ValidationContext context,
            JsonNode node,
            JsonNode root,
            JsonNodePath location,
            boolean asserted,
            FormatValidator validator) {
        boolean lines = node.isTextual() && node.textValue().chars().anyMatch(OneLineFormat::breaksLine);
        try {
            return !lines && format.matches(execution, context, node, root, location, asserted, validator);
        } catch (Budget.Exceeded e) {
            throw e;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static boolean breaksLine(int c) {
        return c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029';
    }
}
