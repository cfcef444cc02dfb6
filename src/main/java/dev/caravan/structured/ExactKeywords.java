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
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Keywords of which the engine's own are not exact: {@code multipleOf} goes by double, for {@code uniqueItems}, {@code
 * const} and {@code enum} 1 and 1.0 are two values, and items with the same hash take time by the square.
 */
final class ExactKeywords {
    static final Keyword MULTIPLE_OF = new Named("multipleOf", MultipleOf::new);
    static final Keyword UNIQUE_ITEMS = new Named("uniqueItems", UniqueItems::new);

    static final Keyword CONST = new Named(
            "const",
            (location, path, node, parent, context) ->
                    new OneOf(location, path, node, parent, ValidatorTypeCode.CONST, context, List.of(node)));
    static final Keyword ENUM = new Named(
            "enum",
            (location, path, node, parent, context) -> new OneOf(
                    location,
                    path,
                    node,
                    parent,
                    ValidatorTypeCode.ENUM,
                    context,
                    StreamSupport.stream(node.spliterator(), false).toList()));

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
                    if (!seen.add(ValueForm.of(item))) {
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
    }

    private static final class OneOf extends BaseJsonValidator {
        private final Set<String> forms;
        private final String said;

        OneOf(
                SchemaLocation location,
                JsonNodePath path,
                JsonNode node,
                JsonSchema parent,
                ValidatorTypeCode type,
                ValidationContext context,
                List<JsonNode> values) {
            super(location, path, node, parent, type, context);
            this.forms = values.stream().map(ValueForm::of).collect(Collectors.toUnmodifiableSet());
            this.said = Violations.shortened(node.toString(), Violations.MAX_MESSAGE);
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext execution, JsonNode node, JsonNode root, JsonNodePath location) {
            Budget.evaluation();
            if (forms.contains(ValueForm.of(node))) {
                return Set.of();
            }
            return Set.of(message()
                    .instanceNode(node)
                    .instanceLocation(location)
                    .locale(execution.getExecutionConfig().getLocale())
                    .arguments(said)
                    .build());
        }
    }
}
