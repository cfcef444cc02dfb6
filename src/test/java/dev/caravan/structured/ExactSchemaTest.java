package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.error.LlmException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSchemaTest {
    private static final Schemas SCHEMAS = Schemas.open(Path.of("nowhere"));

    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "2147483648", "4294967295", "9007199254740992", "1e18", "1e100", "3.0"})
    void sizeBounds_ofAnySize_areExact(String bound) throws Exception {
        boolean small = bound.equals("3.0");
        for (String kind :
                new String[] {"Length|\"abcd\"", "Items|[1,2,3,4]", "Properties|{\"a\":1,\"b\":2,\"c\":3,\"d\":4}"}) {
            String name = kind.substring(0, kind.indexOf('|'));
            JsonNode data = JsonText.parse(kind.substring(kind.indexOf('|') + 1));
            assertThat(check("{\"max" + name + "\":" + bound + "}", data)).isEqualTo(!small);
            assertThat(check("{\"min" + name + "\":" + bound + "}", data)).isEqualTo(small);
        }
        JsonNode list = JsonText.parse("[1,2,3,4]");
        assertThat(check("{\"contains\":true,\"maxContains\":" + bound + "}", list))
                .isEqualTo(!small);
        assertThat(check("{\"contains\":true,\"minContains\":" + bound + "}", list))
                .isEqualTo(small);
    }

    @Test
    void lengths_areOfCodePoints() throws Exception {
        assertThat(check("{\"maxLength\":1}", TextNode.valueOf("\ud83d\ude00"))).isTrue();
        assertThat(check("{\"maxLength\":1}", TextNode.valueOf("ab"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"const\":{\"a\":[1]}}|{\"a\":[1.0]}|true",
                "{\"enum\":[[1.50,{\"b\":1e2}]]}|[1.5,{\"b\":100}]|true",
                "{\"enum\":[{\"a\":1}]}|{\"a\":\"1\"}|false",
                "{\"const\":{\"a\":null}}|{\"a\":false}|false",
                "{\"const\":null}|0|false",
                "{\"enum\":[12345678901234567890.1]}|12345678901234567890.2|false",
            })
    void constantsAndEnums_areComparedByValueAtAnyDepth(String schema, String data, boolean valid) throws Exception {
        var errors = SCHEMAS.inline(JsonText.parse(schema)).check(JsonText.parse(data));

        assertThat(errors.isEmpty()).isEqualTo(valid);
        assertThat(errors).allSatisfy(error -> assertThat(error.message()).isNotBlank());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$id\":\"https://x.org/root.json\",\"properties\":{\"v\":{\"$ref\":\"defs/address.json\"}},\"$defs\":{\"address\":{\"$id\":\"defs/address.json\",\"$ref\":\"./base.json\"},\"base\":{\"$id\":\"defs/base.json\",\"type\":\"object\"}}}",
                "{\"$id\":\"https://x.org/a/root.json\",\"properties\":{\"v\":{\"$ref\":\"../b/./c.json#/$defs/o%20o\"}},\"$defs\":{\"c\":{\"$id\":\"../b/c.json\",\"$defs\":{\"o o\":{\"type\":\"object\"}}}}}",
                "{\"properties\":{\"v\":{\"$ref\":\"#/$defs/a~1b%25~0\"}},\"$defs\":{\"a/b%~\":{\"$ref\":\"#/$defs/%C3%A4+\"},\"ä+\":{\"type\":\"object\"}}}",
                "{\"$id\":\"urn:example:root\",\"properties\":{\"v\":{\"$ref\":\"urn:example:root#o\"}},\"$defs\":{\"x\":{\"$anchor\":\"o\",\"type\":\"object\"}}}",
                "{\"properties\":{\"v\":{\"$ref\":\"n.json\"}},\"$defs\":{\"n\":{\"$id\":\"n.json\",\"$ref\":\"#/$defs/in\",\"$defs\":{\"in\":{\"type\":\"object\"}}}}}",
                "{\"$id\":\"https://x.org/root.json\",\"properties\":{\"v\":{\"$ref\":\"./t.json\"}},\"$defs\":{\"t\":{\"$id\":\"./t.json\",\"$dynamicAnchor\":\"o\",\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#o\"}}}}",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"$id\":\"http://x.org/r.json\",\"properties\":{\"v\":{\"$ref\":\"./d/o.json\"}},\"definitions\":{\"o\":{\"$id\":\"d/o.json\",\"allOf\":[{\"$ref\":\"p.json\"}]},\"p\":{\"$id\":\"./d/p.json\",\"type\":\"object\"}}}",
            })
    void whatTheInspectionPasses_theEngineFollows(String schema) throws Exception {
        assertThat(check(schema, JsonText.parse("{\"v\":{}}"))).isTrue();
        assertThat(check(schema, JsonText.parse("{\"v\":1}"))).isFalse();
    }

    @Test
    void metaSchemas_ofAllDrafts_mayBeReferredTo() throws Exception {
        for (Draft draft : Draft.values()) {
            for (Draft other : Draft.values()) {
                String schema = "{\"$schema\":\"" + draft.address() + "\",\"properties\":{\"s\":{\"$ref\":\""
                        + other.address().replace("https:", "http:") + "#\"}}}";

                assertThat(check(schema, JsonText.parse("{\"s\":{\"type\":\"string\"}}")))
                        .as(schema)
                        .isTrue();
                assertThat(check(schema, JsonText.parse("{\"s\":{\"type\":\"strnig\"}}")))
                        .as(schema)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$defs\":{\"a\":{\"$id\":\"x.json\"},\"b\":{\"$id\":\"./x.json\"}}}",
                "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}",
                "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$dynamicAnchor\":\"x\"}}}",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"a\":{\"$id\":\"#x\"},\"b\":{\"$id\":\"#x\"}}}",
            })
    void oneNameForTwoParts_isRefused(String schema) throws Exception {
        JsonNode given = JsonText.parse(schema);

        assertThatThrownBy(() -> SCHEMAS.inline(given))
                .isInstanceOf(LlmException.class)
                .hasMessageContaining("the same name as another part");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "^\\p{Letter}+$|äb|a1",
                "^\\P{Uppercase_Letter}+$|ab|aB",
                "^[\\p{Decimal_Number}-]+$|1-2|a",
                "^\\u{1F600}$|\ud83d\ude00|u",
                "^a[^]b$|a b|ab",
                "^\\p{Lu}$|A|a",
            })
    void patterns_ofEcma262_areRead(String pattern, String valid, String invalid) throws Exception {
        CompiledSchema schema = SCHEMAS.inline(JsonText.parse("{}")
                .<com.fasterxml.jackson.databind.node.ObjectNode>deepCopy()
                .put("pattern", pattern));

        assertThat(schema.check(TextNode.valueOf(valid))).isEmpty();
        assertThat(schema.check(TextNode.valueOf(invalid))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "date, 2026-02-28",
        "date-time, 2026-02-28T10:00:00Z",
        "time, 10:00:00Z",
        "duration, P1D",
        "email, a@example.com",
        "hostname, a.example.com",
        "ipv4, 192.0.2.1",
        "ipv6, 2001:db8::1",
        "uri, https://example.com/a",
        "uuid, 123e4567-e89b-12d3-a456-426614174000"
    })
    void lineBreakBehindAFormat_isRefused(String format, String valid) throws Exception {
        for (String end : new String[] {"\n", "\r\n", "\r", "\u2028"}) {
            assertThat(check("{\"format\":\"" + format + "\"}", TextNode.valueOf(valid + end)))
                    .isFalse();
        }
        assertThat(check("{\"format\":\"" + format + "\"}", TextNode.valueOf(valid)))
                .isTrue();
    }

    @Test
    void brokenFiles_areNamedWithTheirReason(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("fine.schema.json"), "{}");
        Files.writeString(dir.resolve("broken.schema.json"), "{\"type\":");
        Files.writeString(dir.resolve("wrong.schema.json"), "{\"type\":\"strnig\"}");

        assertThat(Schemas.open(dir).problems())
                .containsOnlyKeys("broken", "wrong")
                .hasEntrySatisfying("broken", why -> assertThat(why).contains("is not JSON"));
    }

    private static boolean check(String schema, JsonNode data) throws Exception {
        return SCHEMAS.inline(JsonText.parse(schema)).check(data).isEmpty();
    }
}
