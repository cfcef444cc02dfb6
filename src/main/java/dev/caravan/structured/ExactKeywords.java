package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.BaseJsonValidator;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonValidator;
import com.networknt.schema.Keyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.ValidationContext;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.ValidatorTypeCode;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two keywords of which the engine's own are not exact: {@code multipleOf} goes by double, and for {@code uniqueItems} 1
 * and 1.0 are two values, and items with the same hash take time by the square.
 */
final class ExactKeywords {
    static final Keyword MULTIPLE_OF = new Named("multipleOf", MultipleOf::new);
    static final Keyword UNIQUE_ITEMS = new Named("uniqueItems", UniqueItems::new);

    private ExactKeywords() {}

    private interface Maker {
        JsonValidator make(
                SchemaLocation location,
                JsonNodePath path,
                JsonNode node,
                JsonSchema parent,
                ValidationContext context);
    }

    private record Named(String name, Maker maker) implements Keyword {
        @Override
        public String getValue() {
            return name;
        }

        @Override
        public JsonValidator newValidator(
                SchemaLocation location,
                JsonNodePath path,
                JsonNode node,
                JsonSchema parent,
                ValidationContext context) {
            return maker.make(location, path, node, parent, context);
        }
    }

    private static final class MultipleOf extends BaseJsonValidator {
        private final BigDecimal divisor;

        MultipleOf(
                SchemaLocation location,
                JsonNodePath path,
                JsonNode node,
                JsonSchema parent,
                ValidationContext context) {
            super(location, path, node, parent, ValidatorTypeCode.MULTIPLE_OF, context);
            this.divisor = node.decimalValue();
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext execution, JsonNode node, JsonNode root, JsonNodePath location) {
            Budget.step();
            if (!node.isNumber()
                    || divisor.signum() == 0
                    || node.decimalValue().remainder(divisor).signum() == 0) {
                return Set.of();
            }
            return Set.of(message()
                    .instanceNode(node)
                    .instanceLocation(location)
                    .locale(execution.getExecutionConfig().getLocale())
                    .arguments(divisor.toString())
                    .build());
        }
    }

    private static final class UniqueItems extends BaseJsonValidator {
        private final boolean unique;

        UniqueItems(
                SchemaLocation location,
                JsonNodePath path,
                JsonNode node,
                JsonSchema parent,
                ValidationContext context) {
            super(location, path, node, parent, ValidatorTypeCode.UNIQUE_ITEMS, context);
            this.unique = node.booleanValue();
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext execution, JsonNode node, JsonNode root, JsonNodePath location) {
            Budget.step();
            Set<String> seen = new HashSet<>();
            if (unique && node.isArray()) {
                for (JsonNode item : node) {
                    StringBuilder form = new StringBuilder();
                    write(item, form);
                    if (!seen.add(form.toString())) {
                        return Set.of(message()
                                .instanceNode(node)
                                .instanceLocation(location)
                                .locale(execution.getExecutionConfig().getLocale())
                                .build());
                    }
                }
            }
            return Set.of();
        }

        /** One form for equal values: keys in order, numbers without trailing zeros. */
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
}
