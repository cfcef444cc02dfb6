package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** One form for equal values, whatever their spelling: keys in order, numbers without trailing zeros. */
final class ValueForm {
    private ValueForm() {}

    static String of(JsonNode value) {
        StringBuilder form = new StringBuilder();
        write(value, form);
        return form.toString();
    }

    private static void write(JsonNode node, StringBuilder out) {
        Budget.step();
        if (node.isObject()) {
            Map<String, JsonNode> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            out.append('{');
            members.forEach((name, value) -> {
                out.append(name.length()).append(':').append(name);
                write(value, out);
            });
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            node.forEach(item -> write(item, out));
            out.append(']');
        } else if (node.isNumber()) {
            out.append(node.decimalValue().stripTrailingZeros()).append(',');
        } else {
            out.append(node.isTextual() ? '"' : '\'')
                    .append(node.asText().length())
                    .append(':')
                    .append(node.asText());
        }
    }
}
