package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeSchemaTest {

    @Test
    void ordinaryObject_isClosedAndKeepsItsOrder() {
        assertThat(written("""
                        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://a.example/b",
                         "title": "P", "type": "object", "required": ["b"], "default": {},
                         "properties": {"b": {"type": "string", "examples": ["x"]}, "a": {"type": ["integer", "null"]}}}""")).isEqualTo(json("""
                        {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": ["integer", "null"]}},
                         "required": ["b"], "additionalProperties": false, "title": "P"}"""));
    }

    @Test
    void whatNarrows_isToldAndNotSaid() {
        assertThat(written("""
                        {"type": "object", "properties": {
                          "n": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many."},
                          "s": {"type": "string", "minLength": 2, "pattern": "^a"},
                          "d": {"type": "string", "format": "date"},
                          "f": {"type": "string", "format": "color"},
                          "l": {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": true}}}""")).isEqualTo(json("""
                        {"type": "object", "properties": {
                          "n": {"type": "integer", "description": "How many. {\\"minimum\\":1,\\"maximum\\":9}"},
                          "s": {"type": "string", "description": "{\\"minLength\\":2,\\"pattern\\":\\"^a\\"}"},
                          "d": {"type": "string", "format": "date"},
                          "f": {"type": "string", "description": "{\\"format\\":\\"color\\"}"},
                          "l": {"type": "array", "items": {"type": "string"}, "minItems": 1,
                                "description": "{\\"minItems\\":2,\\"uniqueItems\\":true}"}},
                         "additionalProperties": false}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "^[A-Z]{3}$, true",
        "^\\d+(-[a-z]*)?$, true",
        "'^(a|b).{1,9}$', true",
        "[A-Z], false",
        "^(?=a)b$, false",
        "^a\\b$, false",
        "^(a)\\1$, false",
        "^a{1000}$, false",
        "^a+?$, false",
        "^\\p{L}$, false"
    })
    void pattern_isSaidWhenItIsSimple(String pattern, boolean said) {
        ObjectNode schema = Json.object().put("type", "object");
        schema.putObject("properties").putObject("a").put("type", "string").put("pattern", pattern);

        assertThat(NativeSchema.of(schema).orElseThrow().at("/properties/a").has("pattern"))
                .isEqualTo(said);
    }

    @Test
    void definitions_areKeptWhereTheyAreUsed() {
        assertThat(written("""
                        {"type": "object", "properties": {"a": {"$ref": "#/definitions/A", "description": "first"}},
                         "definitions": {"A": {"type": "object", "properties": {"b": {"$ref": "#/definitions/B"}}},
                                         "B": {"enum": ["x", 1, null]}, "unused": {"not": {}}}}""")).isEqualTo(json("""
                        {"type": "object",
                         "properties": {"a": {"$ref": "#/definitions/A", "description": "first"}},
                         "additionalProperties": false,
                         "definitions": {"B": {"enum": ["x", 1, null]},
                           "A": {"type": "object", "properties": {"b": {"$ref": "#/definitions/B"}},
                                 "additionalProperties": false}}}"""));
    }

    @Test
    void rootThatIsAReference_standsForItsTarget() {
        assertThat(written("""
                        {"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "properties": {"x": {"const": 1}}}}}""")).isEqualTo(json("""
                        {"type": "object", "properties": {"x": {"const": 1}}, "additionalProperties": false}"""));
    }

    @Test
    void oneOf_becomesAnyOfAndASingleAllOfItsBranch() {
        assertThat(written("""
                        {"type": "object", "properties": {
                          "u": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                          "v": {"allOf": [{"$ref": "#/$defs/V"}], "title": "t"}}, "$defs": {"V": {"type": "boolean"}}}""")).isEqualTo(json("""
                        {"type": "object", "properties": {
                          "u": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                          "v": {"$ref": "#/$defs/V", "title": "t"}},
                         "additionalProperties": false, "$defs": {"V": {"type": "boolean"}}}"""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "{}",
                "{'type': 'array', 'items': {'type': 'string'}}",
                "{'type': 'string'}",
                "{'anyOf': [{'type': 'object', 'properties': {'a': {'type': 'string'}}}]}",
                "{'type': 'object'}",
                "{'type': 'object', 'additionalProperties': {'type': 'string'}}",
                "{'type': 'object', 'properties': {'a': {'type': 'string'}}, 'additionalProperties': true}",
                "{'type': 'object', 'properties': {'a': {}}}",
                "{'type': 'object', 'properties': {'a': true}}",
                "{'type': 'object', 'properties': {'a': {'type': 'object'}}}",
                "{'type': 'object', 'properties': {'a': {'type': 'array'}}}",
                "{'type': 'object', 'properties': {'a': {'type': 'array', 'items': [{'type': 'string'}]}}}",
                "{'type': 'object', 'properties': {'a': {'type': ['object', 'null']}}}",
                "{'type': 'object', 'properties': {'a': {'enum': [{'b': 1}]}}}",
                "{'type': 'object', 'properties': {'a': {'$ref': '#'}}}",
                "{'type': 'object', 'properties': {'a': {'type': 'string'}, 'b': {'$ref': '#/properties/a'}}}",
                "{'type': 'object', 'properties': {'a': {'$ref': '#/$defs/A'}},"
                        + " '$defs': {'A': {'type': 'array', 'items': {'$ref': '#/$defs/A'}}}}",
                "{'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': ['b']}",
                "{'type': 'object', 'properties': {'a': {'type': 'string'}}, 'patternProperties': {'^x': {}}}",
                "{'type': 'object', 'properties': {'a': {'type': 'string'}}, 'if': {}, 'then': {}}",
                "{'type': 'object', 'properties': {'a': {'not': {'type': 'string'}}}}",
                "{'type': 'object', 'properties': {'a': {'allOf': [{'type': 'string'}, {'minLength': 1}]}}}",
            })
    void whatCannotBeSaid_isNotSaid(String schema) {
        assertThat(NativeSchema.of(json(schema.replace('\'', '"')))).isEmpty();
    }

    @Test
    void moreUnionsOrOptionalProperties_thanTheProviderTakes_areNotSaid() {
        assertThat(NativeSchema.of(properties(16, "{\"type\": [\"string\", \"null\"]}")))
                .isPresent();
        assertThat(NativeSchema.of(properties(17, "{\"type\": [\"string\", \"null\"]}")))
                .isEmpty();
        assertThat(NativeSchema.of(properties(24, "{\"type\": \"string\"}"))).isPresent();
        assertThat(NativeSchema.of(properties(25, "{\"type\": \"string\"}"))).isEmpty();
    }

    @Test
    void deepSchema_isNotSaid() {
        String deep = "{\"type\": \"object\", \"properties\": {\"a\": ".repeat(200) + "{\"type\": \"string\"}"
                + "}}".repeat(200);

        assertThat(NativeSchema.of(json(deep))).isEmpty();
    }

    @Test
    void shippedInvoice_canBeSaid() throws Exception {
        assertThat(NativeSchema.of(
                        json(Files.readString(Path.of("src/main/resources/dev/caravan/schemas/invoice.schema.json")))))
                .isPresent();
    }

    private static JsonNode properties(int count, String each) {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < count; i++) {
            properties.set("p" + i, json(each));
        }
        return schema;
    }

    private static JsonNode written(String schema) {
        return NativeSchema.of(json(schema)).orElseThrow();
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
