package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolSchemaTest {

    @Test
    void object_standsAsItIs() {
        ToolSchema tool = tool("""
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://a.example/b", "type": "object",
                 "properties": {"child": {"$ref": "#"}, "n": {"properties": {"$ref": {"minimum": 3}}}},
                 "patternProperties": {"^x": true}, "not": {"required": ["z"]}}""");

        assertThat(tool.wrapped()).isFalse();
        assertThat(tool.inputSchema()).isEqualTo(json("""
                {"type": "object", "properties": {"child": {"$ref": "#"}, "n": {"properties": {"$ref": {"minimum": 3}}}},
                 "patternProperties": {"^x": true}, "not": {"required": ["z"]}}"""));
        assertThat(tool.unwrap(json("{\"answer\": 1}"))).isEqualTo(json("{\"answer\": 1}"));
    }

    @Test
    void other_standsAsAPropertyAndItsReferencesFollow() {
        ToolSchema tool = tool("""
                {"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/A"}, {"$ref": "#/items/anyOf/1"},
                 {"const": {"$ref": "#"}}]}, "$defs": {"A": {"type": "string"}}}""");

        assertThat(tool.wrapped()).isTrue();
        assertThat(tool.inputSchema()).isEqualTo(json("""
                {"type": "object", "properties": {"answer": {"type": "array", "items": {"anyOf": [
                  {"$ref": "#/properties/answer"}, {"$ref": "#/$defs/A"},
                  {"$ref": "#/properties/answer/items/anyOf/1"}, {"const": {"$ref": "#"}}]}}},
                 "required": ["answer"], "$defs": {"A": {"type": "string"}}}"""));
        assertThat(tool.unwrap(json("{\"answer\": []}"))).isEqualTo(json("[]"));
        assertThat(tool.unwrap(json("{\"a\": []}"))).isEqualTo(json("{\"a\": []}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "{}",
                "{'type': 'string'}",
                "{'type': ['object', 'null']}",
                "{'type': 'object', 'anyOf': [{'required': ['a']}, {'required': ['b']}]}",
                "{'$ref': '#/$defs/A', '$defs': {'A': {'type': 'object'}}}",
                "{'type': 'object', 'properties': {'two words': {'type': 'string'}}}",
            })
    void whatAToolCannotTakeAtItsRoot_isWrapped(String schema) {
        assertThat(tool(schema.replace('\'', '"')).wrapped()).isTrue();
    }

    @Test
    void olderDrafts_areRespelled() {
        assertThat(tool("""
                        {"$schema": "http://json-schema.org/draft-04/schema#", "id": "x", "type": "object", "properties": {
                          "a": {"minimum": 1, "exclusiveMinimum": true}, "b": {"maximum": 2, "exclusiveMaximum": false},
                          "c": {"items": [{"type": "string"}], "additionalItems": false}}}""").inputSchema()).isEqualTo(json("""
                        {"type": "object", "properties": {
                          "a": {"exclusiveMinimum": 1}, "b": {"maximum": 2},
                          "c": {"prefixItems": [{"type": "string"}], "items": false}}}"""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                "{'$id': 'https://a.example/b', 'type': 'object', 'properties': {'a': {'$ref': 'https://a.example/b'}}}",
                "{'type': 'array', 'items': {'$id': 'https://a.example/c', '$ref': '#/x'}}",
                "{'type': 'object', '$dynamicAnchor': 'n', 'properties': {'a': {'$dynamicRef': '#n'}}}",
            })
    void whatCannotBeMoved_isNot(String schema) {
        assertThat(ToolSchema.of(json(schema.replace('\'', '"')))).isEmpty();
    }

    @Test
    void schemaOfTheCaller_isNotChanged() {
        JsonNode schema = json("{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/A\"}, \"$defs\": {\"A\": {}}}");
        JsonNode before = schema.deepCopy();

        ToolSchema.of(schema);

        assertThat(schema).isEqualTo(before);
    }

    private static ToolSchema tool(String schema) {
        return ToolSchema.of(json(schema)).orElseThrow();
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
