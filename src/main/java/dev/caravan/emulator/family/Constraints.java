package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Collects members that break a constraint of the service model, in the service's words. Members of lists count from
 * 1 there: {@code toolConfig.tools.1.member.toolSpec.name}. A member that is absent breaks none.
 */
final class Constraints {
    private final List<String> faults = new ArrayList<>();

    /** {@code max} may be null. */
    Constraints range(JsonNode value, String at, long min, Long max) {
        if (!value.isNumber()) {
            return this;
        }
        BigDecimal number = value.decimalValue();
        if (number.compareTo(BigDecimal.valueOf(min)) < 0) {
            add(value, at, "Member must have value greater than or equal to " + min);
        } else if (max != null && number.compareTo(BigDecimal.valueOf(max)) > 0) {
            add(value, at, "Member must have value less than or equal to " + max);
        }
        return this;
    }

    /** Length of a text. */
    Constraints length(JsonNode value, String at, int min, int max) {
        return value.isTextual() ? bounds(value, at, value.textValue().length(), min, max) : this;
    }

    /** Number of members of a list or map. */
    Constraints size(JsonNode value, String at, int min, int max) {
        return value.isContainerNode() ? bounds(value, at, value.size(), min, max) : this;
    }

    private Constraints bounds(JsonNode value, String at, int length, int min, int max) {
        if (length < min) {
            add(value, at, "Member must have length greater than or equal to " + min);
        } else if (length > max) {
            add(value, at, "Member must have length less than or equal to " + max);
        }
        return this;
    }

    Constraints pattern(JsonNode value, String at, Pattern pattern) {
        if (value.isTextual() && !pattern.matcher(value.textValue()).matches()) {
            add(value, at, "Member must satisfy regular expression pattern: " + pattern);
        }
        return this;
    }

    Constraints oneOf(JsonNode value, String at, Collection<String> words) {
        if (value.isTextual() && !words.contains(value.textValue())) {
            add(value, at, "Member must satisfy enum value set: " + new TreeSet<>(words));
        }
        return this;
    }

    /** @param at where the parent is; empty for the request itself */
    Constraints required(JsonNode parent, String key, String at) {
        if (parent.isObject() && !parent.hasNonNull(key)) {
            String place = at.isEmpty() ? key : at + "." + key;
            faults.add("Value null at '" + place + "' failed to satisfy constraint: Member must not be null");
        }
        return this;
    }

    /** @throws AwsFailure ValidationException when there was a fault */
    void refuse() {
        if (!faults.isEmpty()) {
            throw AwsFailure.validation(faults.size()
                    + (faults.size() == 1 ? " validation error" : " validation errors")
                    + " detected: " + String.join("; ", faults));
        }
    }

    private void add(JsonNode value, String at, String rule) {
        String shown = value.isValueNode() ? "Value '" + value.asText() + "' at '" : "Value at '";
        faults.add(shown + at + "' failed to satisfy constraint: " + rule);
    }
}
