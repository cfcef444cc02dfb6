package dev.caravan.structured;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Sound JSON text: RFC 8259 without duplicate keys, its numbers with all their digits. */
final class JsonText {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonBounds.MAX_DEPTH)
                            .maxNumberLength(JsonBounds.MAX_DIGITS)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonText() {}

    /** @throws Unsound when it is not one JSON value */
    static JsonNode parse(String text) throws Unsound {
        JsonNode node;
        try {
            node = MAPPER.readTree(Blanks.trimmed(text));
        } catch (JsonProcessingException e) {
            throw new Unsound(reason(e), e);
        } catch (NumberFormatException e) {
            // Jackson's own word for exponents that a BigDecimal cannot have.
            throw new Unsound("there is a number with an exponent beyond " + JsonBounds.MAX_EXPONENT, e);
        }
        if (node.isMissingNode()) {
            throw new Unsound("there is none", null);
        }
        String complaint = JsonBounds.complaint(node, JsonBounds.MAX_DEPTH, Integer.MAX_VALUE);
        if (complaint != null) {
            throw new Unsound("there is " + complaint, null);
        }
        return node;
    }

    private static String reason(JsonProcessingException e) {
        String message = String.valueOf(e.getOriginalMessage());
        JsonLocation place = e.getLocation();
        String where = place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
        if (message.startsWith("Duplicate field")) {
            return "a key stands twice in one object" + where;
        }
        if (e instanceof StreamConstraintsException && message.startsWith("Number")) {
            return "there is a number of more than " + JsonBounds.MAX_DIGITS + " digits" + where;
        }
        if (e instanceof StreamConstraintsException) {
            return "there is nesting deeper than " + JsonBounds.MAX_DEPTH;
        }
        return "it breaks off or goes wrong" + where;
    }

    /** Text that is not sound JSON; the message says why, in words that fit after a colon. */
    static final class Unsound extends Exception {
        private static final long serialVersionUID = 1L;

        Unsound(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
