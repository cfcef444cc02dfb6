package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.LlmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Pairs that the caller hangs on a request. Bounds and characters are those of Bedrock's requestMetadata (API
 * reference of Converse).
 */
public final class MetadataRules {
    private static final int MAX_PAIRS = 16;
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9 :_@$#=/+,.-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[a-zA-Z0-9 :_@$#=/+,.-]{0,256}");
    private static final String CHARACTERS = " characters of [a-zA-Z0-9 :_@$#=/+,.-]";

    private MetadataRules() {}

    static Map<String, String> read(JsonNode node) {
        if (!node.isObject()) {
            throw FieldReading.wrong("metadata", "must be an object of strings", node);
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        node.properties().forEach(pair -> {
            if (!pair.getValue().isTextual()) {
                throw FieldReading.wrong(
                        "metadata." + FieldReading.shown(pair.getKey()), "must be a string", pair.getValue());
            }
            pairs.put(pair.getKey(), pair.getValue().textValue());
        });
        check(pairs);
        return pairs;
    }

    /**
     * Checks pairs that came another way than JSON.
     *
     * @throws LlmException {@code invalid_request} naming the pair
     */
    public static void check(Map<String, String> pairs) {
        if (pairs.size() > MAX_PAIRS) {
            throw LlmException.invalid("metadata: at most " + MAX_PAIRS + " pairs, not " + pairs.size() + ".");
        }
        pairs.forEach((key, value) -> {
            if (!KEY.matcher(key).matches()) {
                throw LlmException.invalid(
                        "metadata: the key " + FieldReading.shown(key) + " must be 1 to 256" + CHARACTERS + ".");
            }
            if (!VALUE.matcher(value).matches()) {
                throw LlmException.invalid("metadata." + key + ": must be at most 256" + CHARACTERS + ".");
            }
        });
    }
}
