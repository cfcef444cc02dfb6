package dev.caravan.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** Schemas of types that are one value in JSON, in the form in which Jackson writes and reads them. */
final class ScalarSchemas {
    private static final String LONG_MONTH = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])";
    private static final String SHORT_MONTH = "(0[469]|11)-(0[1-9]|[12][0-9]|30)";
    private static final String LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    private static final String DATE =
            "([0-9]{4}-(" + LONG_MONTH + "|" + SHORT_MONTH + "|02-(0[1-9]|1[0-9]|2[0-8]))|" + LEAP_YEAR + "-02-29)";
    private static final String MONTH_DAY = "--(" + LONG_MONTH + "|" + SHORT_MONTH + "|02-(0[1-9]|[12][0-9]))";
    private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?";
    /** Java knows no offset of more than 18 hours. */
    private static final String OFFSET = "(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])";

    private static final String DAYS = "[0-9]{1,6}D";
    private static final String MONTHS = "([0-9]{1,6}M(" + DAYS + ")?|" + DAYS + ")";
    private static final String PERIOD = "P([0-9]{1,6}Y" + MONTHS + "?|" + MONTHS + ")";
    private static final String SECONDS = "[0-9]{1,9}([.][0-9]{1,9})?S";
    private static final String MINUTES = "([0-9]{1,9}M(" + SECONDS + ")?|" + SECONDS + ")";
    private static final String DURATION =
            "P([0-9]{1,6}D|([0-9]{1,6}D)?T([0-9]{1,9}H(" + MINUTES + ")?|" + MINUTES + "))";
    private static final String WHOLE_INT = "(0|-?[1-9][0-9]{0,8})";
    private static final String WHOLE_LONG = "(0|-?[1-9][0-9]{0,17})";
    /** Of the characters beyond, Java needs two. */
    private static final String CHARACTER = "[\\t\\n -\\uD7FF\\uE000-\\uFFFD]";

    private static final String BASE64 = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";

    private static final Map<Class<?>, ObjectNode> VALUES = values();
    private static final Map<Class<?>, ObjectNode> KEYS = keys();

    private ScalarSchemas() {}

    /** A schema of one's own, or null for other types. */
    static ObjectNode of(Class<?> type) {
        return copy(VALUES.get(type));
    }

    /** Schema of the text of a map's keys, or null for types that are no keys. */
    static ObjectNode ofKey(Class<?> type) {
        return copy(KEYS.get(type));
    }

    /** Of the primitive kinds of Optional. */
    static boolean isOptional(Class<?> type) {
        return type == OptionalInt.class || type == OptionalLong.class || type == OptionalDouble.class;
    }

    private static ObjectNode copy(ObjectNode schema) {
        return schema == null ? null : schema.deepCopy();
    }

    private static Map<Class<?>, ObjectNode> values() {
        Map<Class<?>, ObjectNode> values = new HashMap<>();
        put(values, type("boolean"), boolean.class, Boolean.class);
        put(values, type("string"), String.class, CharSequence.class, char[].class, Locale.class);
        put(values, pattern(CHARACTER).put("minLength", 1).put("maxLength", 1), char.class, Character.class);
        put(values, whole(Byte.MIN_VALUE, Byte.MAX_VALUE), byte.class, Byte.class);
        put(values, whole(Short.MIN_VALUE, Short.MAX_VALUE), short.class, Short.class);
        put(values, whole(Integer.MIN_VALUE, Integer.MAX_VALUE), int.class, Integer.class);
        put(values, whole(Long.MIN_VALUE, Long.MAX_VALUE), long.class, Long.class);
        put(values, type("integer"), BigInteger.class);
        put(values, number(Float.toString(Float.MAX_VALUE)), float.class, Float.class);
        put(values, number(Double.toString(Double.MAX_VALUE)), double.class, Double.class);
        put(values, type("number"), BigDecimal.class, Number.class);
        put(values, orNull(whole(Integer.MIN_VALUE, Integer.MAX_VALUE)), OptionalInt.class);
        put(values, orNull(whole(Long.MIN_VALUE, Long.MAX_VALUE)), OptionalLong.class);
        put(values, orNull(number(Double.toString(Double.MAX_VALUE))), OptionalDouble.class);
        put(values, format("uuid"), UUID.class);
        put(values, format("uri"), URI.class);
        put(values, pattern("[A-Z]{3}"), Currency.class);
        put(values, pattern(BASE64), byte[].class);
        putTimes(values);
        put(values, Json.object(), JsonNode.class);
        put(values, type("object").put("additionalProperties", true), ObjectNode.class);
        put(values, type("array"), ArrayNode.class);
        return values;
    }

    /** JSON Schema's own formats want an offset, which local times do not have. */
    private static void putTimes(Map<Class<?>, ObjectNode> values) {
        put(values, format("date"), LocalDate.class);
        put(values, instant(), Instant.class, OffsetDateTime.class, ZonedDateTime.class);
        put(values, pattern(DATE + "T" + TIME), LocalDateTime.class);
        put(values, pattern(TIME), LocalTime.class);
        put(values, pattern(DURATION), Duration.class);
        put(values, pattern(TIME + OFFSET), OffsetTime.class);
        put(values, pattern(PERIOD), Period.class);
        put(values, pattern("[0-9]{4}"), Year.class);
        put(values, pattern("[0-9]{4}-(0[1-9]|1[0-2])"), YearMonth.class);
        put(values, pattern(MONTH_DAY), MonthDay.class);
        put(values, pattern(OFFSET), ZoneOffset.class);
    }

    private static Map<Class<?>, ObjectNode> keys() {
        Map<Class<?>, ObjectNode> keys = new HashMap<>();
        put(keys, type("string"), String.class, Object.class);
        put(keys, pattern(WHOLE_INT), Integer.class);
        put(keys, pattern(WHOLE_LONG), Long.class);
        put(keys, format("uuid"), UUID.class);
        put(keys, format("date"), LocalDate.class);
        return keys;
    }

    private static void put(Map<Class<?>, ObjectNode> schemas, ObjectNode schema, Class<?>... types) {
        for (Class<?> type : types) {
            schemas.put(type, schema);
        }
    }

    private static ObjectNode type(String name) {
        return Json.object().put("type", name);
    }

    private static ObjectNode whole(long min, long max) {
        return type("integer").put("minimum", min).put("maximum", max);
    }

    /** What lies beyond would be read as infinite. */
    private static ObjectNode number(String largest) {
        BigDecimal bound = new BigDecimal(largest);
        return type("number").put("minimum", bound.negate()).put("maximum", bound);
    }

    /** The format alone would allow leap seconds and offsets that Java does not know. */
    private static ObjectNode instant() {
        return pattern(".{10}T.{6}[0-5][0-9]([.][0-9]{1,9})?" + OFFSET).put("format", "date-time");
    }

    private static ObjectNode format(String name) {
        return type("string").put("format", name);
    }

    private static ObjectNode pattern(String whole) {
        return type("string").put("pattern", "^(" + whole + ")$");
    }

    private static ObjectNode orNull(ObjectNode schema) {
        ArrayNode types = Json.object().arrayNode().add(schema.get("type")).add("null");
        schema.set("type", types);
        return schema;
    }
}
