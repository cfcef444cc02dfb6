package dev.caravan.format;

import static dev.caravan.format.ToolRequests.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class NovaSchemaTest {

    private static void becomes(String schema, String expected) {
        JsonNode given = json(schema);
        JsonNode before = given.deepCopy();

        assertThat(NovaSchema.of(given)).isEqualTo(json(expected));
        assertThat(given).isEqualTo(before);
    }

    @Test
    void onlyThreeKeywordsStayAtTheTop() {
        becomes(
                "{\"$schema\":\"x\",\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,\"properties\":"
                        + "{\"a\":{\"type\":\"object\",\"title\":\"A\",\"additionalProperties\":false}},\"required\":[\"a\"]}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\",\"title\":\"A\","
                        + "\"additionalProperties\":false}},\"required\":[\"a\"]}");
        becomes("{}", "{\"type\":\"object\",\"properties\":{}}");
    }

    @Test
    void definitionsTakeThePlaceOfTheirReferences() {
        becomes(
                "{\"$defs\":{\"city\":{\"type\":\"string\"},\"a/b\":{\"$ref\":\"#/$defs/city\"}},\"properties\":{"
                        + "\"x\":{\"$ref\":\"#/$defs/city\",\"description\":\"here\"},"
                        + "\"y\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/a~1b\"}},"
                        + "\"z\":{\"anyOf\":[{\"$ref\":\"#/%24defs/city\"},{\"type\":\"null\"}]}}}",
                "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\",\"description\":\"here\"},"
                        + "\"y\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
                        + "\"z\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}}}");
    }

    @Test
    void aReferenceAtTheTopIsFollowed() {
        becomes(
                "{\"$ref\":\"#/definitions/root\",\"definitions\":{\"root\":{\"type\":\"object\",\"properties\":"
                        + "{\"a\":{}},\"required\":[\"a\"]}}}",
                "{\"type\":\"object\",\"properties\":{\"a\":{}},\"required\":[\"a\"]}");
    }

    @Test
    void whatIsInsideItself_isDescribed() {
        JsonNode reduced = NovaSchema.of(
                json("{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/node\","
                        + "\"description\":\"or none\"}}}},\"properties\":{\"n\":{\"$ref\":\"#/$defs/node\"},"
                        + "\"me\":{\"$ref\":\"#\"}}}"));

        JsonNode next = reduced.at("/properties/n/properties/next");
        assertThat(next).hasSize(1);
        assertThat(next.path("description").asText())
                .startsWith("or none\nJSON Schema of this (node): {\"type\":\"object\"")
                .contains("next");
        assertThat(reduced.at("/properties/me/description").asText())
                .startsWith("JSON Schema of this (the whole input): ")
                .doesNotContain("$defs\":");
    }

    @Test
    void aLongDefinitionInsideItself_isNamedOnly() {
        JsonNode reduced = NovaSchema.of(json("{\"$defs\":{\"node\":{\"description\":\"" + "x".repeat(3000)
                + "\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/node\"}}}},"
                + "\"properties\":{\"n\":{\"$ref\":\"#/$defs/node\"}}}"));

        assertThat(reduced.at("/properties/n/properties/next"))
                .isEqualTo(json("{\"description\":\"Like the node that this stands in\"}"));
    }

    @Test
    void whatLeadsNowhereAllowsAll() {
        becomes(
                "{\"properties\":{\"out\":{\"$ref\":\"https://example.org/x\"},\"lost\":{\"$ref\":\"#/$defs/lost\"},"
                        + "\"odd\":{\"$ref\":\"#/%zz\"}}}",
                "{\"type\":\"object\",\"properties\":{\"out\":{},\"lost\":{},\"odd\":{}}}");
    }

    @Test
    void namesAndValuesThatLookLikeReferencesStay() {
        becomes(
                "{\"properties\":{\"$ref\":{\"type\":\"string\"},\"a\":{\"enum\":[{\"$ref\":\"#/x\"}]}}}",
                "{\"type\":\"object\",\"properties\":{\"$ref\":{\"type\":\"string\"},\"a\":{\"enum\":[{\"$ref\":\"#/x\"}]}}}");
    }

    @Test
    void referencesToReferencesDoNotGrowWithoutEnd() {
        StringBuilder defs = new StringBuilder("\"d0\":{\"type\":\"string\"}");
        for (int i = 1; i < 60; i++) {
            String below = "{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}";
            defs.append(",\"d" + i + "\":{\"anyOf\":[" + below + "," + below + "]}");
        }
        JsonNode schema = json("{\"$defs\":{" + defs + "},\"properties\":{\"a\":{\"$ref\":\"#/$defs/d59\"}}}");

        Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThat(NovaSchema.of(schema).toString())
                        .hasSizeLessThan(10 * schema.toString().length())
                        .contains("JSON Schema of this (d59)"));
    }

    @Test
    void whatWouldMakeTheSchemaMuchLarger_isNamedAfterTheFirst() {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            properties.append(i == 0 ? "" : ",").append("\"p" + i + "\":{\"$ref\":\"#/$defs/d\"}");
        }
        JsonNode schema = json(
                "{\"$defs\":{\"d\":{\"title\":\"" + "x".repeat(1500) + "\"}},\"properties\":{" + properties + "}}");

        JsonNode reduced = NovaSchema.of(schema);

        assertThat(reduced.toString()).hasSizeLessThan(5 * schema.toString().length());
        assertThat(reduced.at("/properties/p0/title").isTextual()).isTrue();
        assertThat(reduced.at("/properties/p99")).isEqualTo(json("{\"description\":\"Like d above\"}"));
    }

    @Test
    void longChainsOfReferencesEnd() {
        StringBuilder defs = new StringBuilder("\"d0\":{\"type\":\"string\"}");
        for (int i = 1; i < 5000; i++) {
            defs.append(",\"d" + i + "\":{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}");
        }

        assertThat(NovaSchema.of(json("{\"$defs\":{" + defs + "},\"properties\":{\"a\":{\"$ref\":\"#/$defs/d4999\"}}}"))
                        .path("properties")
                        .path("a")
                        .path("description")
                        .asText())
                .startsWith("JSON Schema of this (d");
    }
}
