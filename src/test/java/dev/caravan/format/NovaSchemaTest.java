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
    void whatIsInsideItselfOrNowhereAllowsAll() {
        becomes(
                "{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/node\"}}}},"
                        + "\"properties\":{\"n\":{\"$ref\":\"#/$defs/node\"},\"me\":{\"$ref\":\"#\"},"
                        + "\"out\":{\"$ref\":\"https://example.org/x\"},\"lost\":{\"$ref\":\"#/$defs/lost\"},"
                        + "\"odd\":{\"$ref\":\"#/%zz\"}}}",
                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"object\",\"properties\":{\"next\":{}}},"
                        + "\"me\":{},\"out\":{},\"lost\":{},\"odd\":{}}}");
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
                () -> assertThat(NovaSchema.of(schema).has("properties")).isTrue());
    }

    @Test
    void longChainsOfReferencesEnd() {
        StringBuilder defs = new StringBuilder("\"d0\":{\"type\":\"string\"}");
        for (int i = 1; i < 5000; i++) {
            defs.append(",\"d" + i + "\":{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}");
        }

        assertThat(NovaSchema.of(json("{\"$defs\":{" + defs + "},\"properties\":{\"a\":{\"$ref\":\"#/$defs/d4999\"}}}"))
                        .path("properties")
                        .path("a"))
                .isEmpty();
    }
}
