package dev.caravan.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.OnLimit;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import dev.caravan.trunk.RequestIntake;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.camel.Message;

/** Reads a message's headers as options: what cannot be read is refused by name, never ignored. */
final class OptionReading {
    private static final int SHOWN = 60;

    private OptionReading() {}

    /** A text, or null when absent or blank. */
    static String text(Message message, String header) {
        Object value = message.getHeader(header);
        if (value != null && !(value instanceof CharSequence)) {
            throw wrong(header, "must be a string", value);
        }
        String text = value == null ? "" : value.toString();
        return Texts.isBlank(text) ? null : text;
    }

    /** A number, or null when absent. */
    static Double number(Message message, String header) {
        BigDecimal number = decimal(message, header, "must be a number");
        return number == null ? null : Double.valueOf(number.doubleValue());
    }

    /** A whole number, or null when absent. */
    static Integer integer(Message message, String header) {
        BigDecimal number = decimal(message, header, "must be a whole number");
        try {
            return number == null ? null : Integer.valueOf(number.intValueExact());
        } catch (ArithmeticException e) {
            throw wrong(header, "must be a whole number", number);
        }
    }

    /** Yes or no, or null when absent. */
    static Boolean bool(Message message, String header) {
        Object value = message.getHeader(header);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        String word = value instanceof CharSequence ? value.toString().trim().toLowerCase(Locale.ROOT) : "";
        if (!word.equals("true") && !word.equals("false")) {
            throw wrong(header, "must be true or false", value);
        }
        return Boolean.valueOf(word);
    }

    /** A JSON Schema given as JSON text, a Map or a Jackson tree, or null when absent. */
    static JsonNode schema(Message message, String header) {
        Object value = message.getHeader(header);
        RequestIntake.requireDepth(header, value);
        JsonNode schema;
        try {
            schema = value instanceof CharSequence text
                    ? Json.read(text.toString().getBytes(StandardCharsets.UTF_8))
                    : Json.mapper().valueToTree(value);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw LlmException.invalid(header + ": must be a JSON Schema, and is no JSON.");
        }
        if (value != null && !schema.isObject() && !schema.isBoolean()) {
            throw LlmException.invalid(header + ": must be a JSON Schema (an object, true or false).");
        }
        return value == null ? null : schema;
    }

    private static BigDecimal decimal(Message message, String header, String rule) {
        Object value = message.getHeader(header);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Number) && !(value instanceof CharSequence)) {
            throw wrong(header, rule, value);
        }
        try {
            return new BigDecimal(value.toString().trim());
        } catch (NumberFormatException e) {
            throw wrong(header, rule, value);
        }
    }

    static OnLimit onLimit(String name, String word) {
        try {
            return OnLimit.valueOf(word.trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw LlmException.invalid(name + ": must be reject or wait, not " + shown(word) + ".");
        }
    }

    private static LlmException wrong(String header, String rule, Object value) {
        String what = value instanceof Number || value instanceof CharSequence
                ? shown(value.toString())
                : "a " + value.getClass().getName();
        return LlmException.invalid(header + ": " + rule + ", not " + what + ".");
    }

    private static String shown(String text) {
        return Texts.shorten(text, SHOWN);
    }
}
