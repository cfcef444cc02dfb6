package dev.caravan.emulator.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.caravan.runtime.Json;
import dev.caravan.support.EmulatorHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaSampleTest {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "{}",
                "{'const': {'a': 1}}",
                "{'enum': ['x', 'y']}",
                "{'type': 'null'}",
                "{'type': ['null', 'integer']}",
                "{'type': 'boolean'}",
                "{'type': 'integer', 'minimum': 3, 'maximum': 5}",
                "{'type': 'integer', 'exclusiveMinimum': 3, 'multipleOf': 4}",
                "{'type': 'integer', 'maximum': -7}",
                "{'type': 'integer', 'exclusiveMaximum': 0}",
                "{'type': 'integer', 'minimum': 2.5}",
                "{'type': 'number', 'minimum': 0.25, 'maximum': 0.75}",
                "{'type': 'number', 'exclusiveMinimum': 0, 'exclusiveMaximum': 1}",
                "{'type': 'number', 'multipleOf': 0.05, 'minimum': 0.12}",
                "{'type': 'string', 'minLength': 40}",
                "{'type': 'string', 'maxLength': 3}",
                "{'type': 'string', 'format': 'date'}",
                "{'type': 'string', 'format': 'date-time'}",
                "{'type': 'string', 'format': 'time'}",
                "{'type': 'string', 'format': 'email'}",
                "{'type': 'string', 'format': 'uuid'}",
                "{'type': 'string', 'format': 'uri'}",
                "{'type': 'string', 'format': 'ipv4'}",
                "{'type': 'string', 'pattern': '^[A-Z]{3}-[0-9]{2,4}$'}",
                "{'type': 'string', 'pattern': '^(INV|ORD)-\\\\d{6}(-[a-z]+)?$'}",
                "{'type': 'string', 'pattern': '^[^0-9]+\\\\s\\\\w*$'}",
                "{'type': 'string', 'pattern': '^[a-z]+$', 'minLength': 5}",
                "{'type': 'string', 'pattern': '^[A-Z][a-z]*-[0-9]+$', 'minLength': 12, 'maxLength': 12}",
                "{'type': 'object', 'patternProperties': {'^x': {'type': 'integer'}}, 'additionalProperties': false}",
                "{'patternProperties': {'^x': {'type': 'integer'}}, 'additionalProperties': false}",
                "{'type': 'object', 'patternProperties': {'^x_[a-z]+$': {'type': 'integer'}}, 'minProperties': 1,"
                        + " 'additionalProperties': false}",
                "{'type': 'object', 'patternProperties': {'^x': {'type': 'integer'}}, 'required': ['xa']}",
                "{'type': 'array', 'items': {'type': 'object', 'properties': {'a': {'type': 'string'}, 'b':"
                        + " {'type': 'integer'}}}, 'minItems': 3, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'type': 'object', 'properties': {'a': {'enum': ['x']}, 'b': {'type':"
                        + " 'object', 'properties': {'c': {'type': 'integer'}}}}}, 'minItems': 3, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1, 'maxItems':"
                        + " 1}, 'minItems': 3, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'type': 'string', 'pattern': '^[a-z]+$'}, 'minItems': 2, 'uniqueItems': true}",
                "{'type': 'object', 'required': ['a'], 'properties': {'a': {}}, 'dependentRequired': {'a': ['b'], 'b':"
                        + " ['c']}}",
                "{'type': 'array'}",
                "{'type': 'array', 'items': {'type': 'integer'}, 'minItems': 3, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'enum': ['a', 'b']}, 'minItems': 2, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'type': 'string', 'maxLength': 2}, 'minItems': 4, 'uniqueItems': true}",
                "{'type': 'array', 'items': {'type': 'string', 'format': 'uuid'}, 'minItems': 2, 'uniqueItems': true}",
                "{'type': 'array', 'maxItems': 0}",
                "{'type': 'array', 'prefixItems': [{'type': 'string'}, {'type': 'integer'}], 'items': false}",
                "{'type': 'array', 'contains': {'const': 7}}",
                "{'type': 'object', 'required': ['a', 'b'], 'properties': {'a': {'type': 'integer'}}}",
                "{'type': 'object', 'required': ['a'], 'additionalProperties': {'type': 'boolean'}}",
                "{'type': 'object', 'minProperties': 2, 'additionalProperties': {'type': 'integer'}}",
                "{'type': 'object', 'maxProperties': 1, 'required': ['b'], 'properties': {'a': {}, 'b': {}, 'c': {}}}",
                "{'type': 'object', 'properties': {'no': false, 'yes': {'type': 'string'}}}",
                "{'properties': {'a': {'$ref': '#/$defs/x~1y%20z'}}, '$defs': {'x/y z': {'type': 'integer'}}}",
                "{'$ref': '#/$defs/a', '$defs': {'a': {'$anchor': 'here', 'type': 'integer', 'minimum': 4}}}",
                "{'properties': {'a': {'$ref': '#here'}}, '$defs': {'a': {'$anchor': 'here', 'type': 'integer'}}}",
                "{'allOf': [{'type': 'object', 'properties': {'a': {'type': 'integer'}}, 'required': ['a']},"
                        + " {'properties': {'a': {'minimum': 9}, 'b': {'type': 'string'}}, 'required': ['b']}]}",
                "{'type': 'object', 'anyOf': [{'required': ['a']}, {'required': ['b']}], 'properties': {'a': {'type': 'null'}}}",
                "{'oneOf': [{'type': 'string', 'maxLength': 5}, {'type': 'integer'}]}",
                "{'type': 'object', 'properties': {'value': {'type': 'integer'}, 'next': {'$ref': '#'}}, 'required': ['value']}",
                "{'type': 'object', 'properties': {'children': {'type': 'array', 'items': {'$ref': '#'}}}, 'required':"
                        + " ['children'], 'additionalProperties': false}"
            })
    void a_sample_fits_its_schema(String text) {
        JsonNode schema = EmulatorHarness.json(text.replace('\'', '"'));

        JsonNode sample = SchemaSample.of(schema);

        assertThat(FACTORY.getSchema(schema, CONFIG).validate(sample))
                .as("%s for %s", sample, schema)
                .isEmpty();
        assertThat(SchemaSample.of(schema)).isEqualTo(sample);
    }

    @Test
    void bounds_told_in_a_description_are_kept_to() throws Exception {
        JsonNode schema = Json.mapper().readTree("""
                        {"type": "object", "properties": {
                          "count": {"type": "integer", "description": "How many {of them} {\\"minimum\\": 5}"},
                          "code": {"type": "string", "description": "{\\"pattern\\": \\"^[A-Z]{3}$\\"}"},
                          "note": {"type": "string", "description": "Prose with {braces} only"}}}
                        """);

        JsonNode sample = SchemaSample.of(schema);

        assertThat(sample.path("count").asInt()).isGreaterThanOrEqualTo(5);
        assertThat(sample.path("code").asText()).matches("[A-Z]{3}");
        assertThat(sample.path("note").isTextual()).isTrue();
    }

    @Test
    void an_invoice_looks_like_one() {
        JsonNode sample = SchemaSample.of(EmulatorHarness.json(
                "{\"type\":\"object\",\"properties\":{\"invoice_number\":{\"type\":\"string\"},\"date\":{\"type\":"
                        + "\"string\",\"format\":\"date\"},\"total\":{\"type\":\"number\",\"minimum\":0}}}"));

        assertThat(sample.toString())
                .isEqualTo("{\"invoice_number\":\"sample invoice number\",\"date\":\"2024-01-15\",\"total\":0}");
    }

    @Test
    void a_schema_without_end_gives_a_value_of_bounded_size() {
        JsonNode schema = EmulatorHarness.json("{\"type\":\"object\",\"required\":[\"a\",\"b\"],\"properties\":{\"a\":"
                + "{\"$ref\":\"#\"},\"b\":{\"$ref\":\"#\"}}}");

        assertThat(SchemaSample.of(schema).toString().length()).isLessThan(1_000_000);
        assertThat(SchemaSample.of(EmulatorHarness.json("{\"$ref\":\"#\"}"))).isNotNull();
        assertThat(SchemaSample.of(EmulatorHarness.json(
                        "{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"},{\"$ref\":\"#\"}],\"type\":\"integer\"}")))
                .isNotNull();
        assertThat(SchemaSample.of(EmulatorHarness.json("{\"$ref\":\"https://example.com/x\"}")))
                .isNotNull();
    }
}
