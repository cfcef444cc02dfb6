package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemasTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"strnig\"}|/type",
                "{\"required\":\"a\"}|/required",
                "{\"minimum\":\"1\"}|/minimum",
                "{\"properties\":{\"a\":{\"type\":5}}}|/properties/a/type",
                "{\"properties\":{\"a/b\":{\"pattern\":\"(\"}}}|/properties/a~1b/pattern",
                "{\"patternProperties\":{\"[\":{}}}|/patternProperties/[",
                "{\"items\":{\"$ref\":\"#/$defs/none\"}}|/items/$ref",
                "{\"$ref\":\"#nowhere\"}|/$ref",
                "{\"$ref\":\"https://example.com/x.json\"}|/$ref",
                "{\"$ref\":\"other.json\"}|/$ref",
                "{\"$id\":\"https://json-schema.org/draft/2020-12/schema\"}|name of a draft",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"a\":{\"type\":\"x\"}}}|/definitions/a/type",
                "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"exclusiveMinimum\":3}|/exclusiveMinimum",
                "{\"$ref\":\"#\"}|without end",
                "{\"allOf\":[{\"$ref\":\"#/$defs/a\"}],\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#\"}]}}}|without end",
                "{\"$schema\":\"https://json-schema.org/draft/2020-12/shcema\"}|$schema must be",
                "{\"$schema\":\"https://example.com/mine\"}|$schema must be",
                "{\"$schema\":5}|$schema must be",
                "{\"properties\":{\"a\":{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}}}|/properties/a/$schema",
                "[]|must be an object",
                "\"x\"|must be an object",
                "null|must be an object",
                "{\"multipleOf\":1e-999999999}|exponent",
            })
    void unusableSchema_isRefusedWithItsPlace(String schema, String place) throws Exception {
        JsonNode given = new ObjectMapper()
                .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(schema);

        assertThatThrownBy(() -> schemas().inline(given)).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(e.getMessage()).startsWith("schema").contains(place);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$defs\":{\"a\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/a\"}}",
                "{\"$defs\":{\"x\":{\"$anchor\":\"a\",\"type\":\"integer\"}},\"items\":{\"$ref\":\"#a\"}}",
                "{\"$defs\":{\"x\":{\"$id\":\"https://example.com/a.json\",\"type\":\"integer\"}},\"items\":{\"$ref\":\"https://example.com/a.json\"}}",
                "{\"$id\":\"https://example.com/root.json\",\"$defs\":{\"x\":{\"$id\":\"a.json\",\"type\":\"integer\"}},\"items\":{\"$ref\":\"a.json\"}}",
                "{\"$id\":\"https://example.com/root.json\",\"$defs\":{\"a b\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"root.json#/$defs/a%20b\"}}",
                "{\"$id\":\"a.json\",\"$defs\":{\"x\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"a.json#/$defs/x\"}}",
                "{\"$id\":\"urn:example:root\",\"$defs\":{\"x\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/x\"}}",
                "{\"$defs\":{\"x\":{\"$dynamicAnchor\":\"a\",\"type\":\"integer\"}},\"items\":{\"$dynamicRef\":\"#a\"}}",
                "{\"$defs\":{\"a/b\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/a~1b\"}}",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"a\":{\"$id\":\"#x\",\"type\":\"integer\"}},\"items\":{\"$ref\":\"#x\"}}",
                "{\"$schema\":\"http://json-schema.org/draft-06/schema\",\"definitions\":{\"a\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/definitions/a\"}}",
                "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"id\":\"http://example.com/r\",\"definitions\":{\"a\":{\"id\":\"#x\",\"type\":\"integer\"}},\"items\":{\"$ref\":\"#x\"}}",
                "{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"$defs\":{\"a\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/a\"}}",
                "{\"items\":{\"$ref\":\"#/properties/a\"},\"properties\":{\"a\":{\"type\":\"integer\"}}}",
                "{\"items\":{\"$ref\":\"#/x-mine/a\"},\"x-mine\":{\"a\":{\"type\":\"integer\"}}}",
                "{\"items\":{\"type\":\"integer\"},\"secret keyword\":7}",
            })
    void referencesWithinTheSchema_areFollowed(String text) throws Exception {
        CompiledSchema schema = schemas().inline(MAPPER.readTree(text));

        assertThat(schema.check(MAPPER.readTree("[1]"))).isEmpty();
        assertThat(schema.check(MAPPER.readTree("[\"x\"]")))
                .singleElement()
                .extracting(SchemaViolation::path)
                .isEqualTo("/0");
    }

    @Test
    void metaSchema_mayBeReferredTo() throws Exception {
        CompiledSchema schema = schemas()
                .inline(MAPPER.readTree(
                        "{\"properties\":{\"s\":{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}}}"));

        assertThat(schema.check(MAPPER.readTree("{\"s\":{\"type\":\"string\"}}")))
                .isEmpty();
        assertThat(schema.check(MAPPER.readTree("{\"s\":{\"type\":\"strnig\"}}")))
                .isNotEmpty();
    }

    @Test
    void recursiveReference_onSmallerValues_isFollowed() throws Exception {
        CompiledSchema schema = schemas()
                .inline(
                        MAPPER.readTree(
                                "{\"properties\":{\"next\":{\"$ref\":\"#\"},\"v\":{\"type\":\"integer\"}},\"additionalProperties\":false}"));

        assertThat(schema.check(MAPPER.readTree("{\"v\":1,\"next\":{\"v\":2,\"next\":{}}}")))
                .isEmpty();
        assertThat(schema.check(MAPPER.readTree("{\"next\":{\"next\":{\"v\":\"x\"}}}"))
                        .get(0)
                        .path())
                .isEqualTo("/next/next/v");
    }

    @Test
    void booleanAndEmptySchemas_areFine() throws Exception {
        assertThat(schemas().inline(MAPPER.readTree("true")).check(MAPPER.readTree("1")))
                .isEmpty();
        assertThat(schemas().inline(MAPPER.readTree("{}")).check(MAPPER.readTree("{\"a\":[]}")))
                .isEmpty();
    }

    @Test
    void schemaThatNothingFits_isRefused() {
        assertThatThrownBy(() -> schemas().inline(MAPPER.readTree("false")))
                .hasMessage("schema: no answer can be valid against false");
    }

    @Test
    void sameContent_isCompiledOnce_andTheSourceIsAsGiven() throws Exception {
        Schemas schemas = schemas();
        JsonNode given = MAPPER.readTree("{\"properties\":{\"b\":{},\"a\":{}}}");
        CompiledSchema compiled = schemas.inline(given);
        ((com.fasterxml.jackson.databind.node.ObjectNode) given).put("type", "array");

        assertThat(compiled.source()).hasToString("{\"properties\":{\"b\":{},\"a\":{}}}");
        assertThat(schemas.inline(MAPPER.readTree("{\"properties\":{\"b\":{},\"a\":{}}}")))
                .isSameAs(compiled);
        assertThat(schemas.inline(MAPPER.readTree("{\"properties\":{\"a\":{},\"b\":{}}}"))
                        .source())
                .hasToString("{\"properties\":{\"a\":{},\"b\":{}}}");
    }

    @Test
    void shippedSchema_isThereByName() throws Exception {
        CompiledSchema invoice = schemas().named("invoice");

        assertThat(SchemaFiles.SHIPPED)
                .allSatisfy(name -> assertThat(schemas().named(name)).isNotNull());
        assertThat(invoice.check(MAPPER.readTree("""
                        {"number":"7","date":"2026-01-31","currency":"EUR","total":12.10,
                         "lines":[{"description":"Work","quantity":1,"unit_price":12.10}]}"""))).isEmpty();
        assertThat(invoice.check(MAPPER.readTree("{\"number\":\"7\",\"date\":\"31.1.2026\"}")))
                .extracting(SchemaViolation::keyword)
                .contains("format", "required");
        assertThat(schemas().named("invoice")).isNotNull();
    }

    @Test
    void foldersFile_winsOverTheShippedOne_andAChangeIsSeen() throws Exception {
        Schemas schemas = schemas();
        write("invoice", "{\"type\":\"string\"}");
        assertThat(schemas.named("invoice").source()).hasToString("{\"type\":\"string\"}");
        assertThat(schemas.named("invoice")).isSameAs(schemas.named("invoice"));

        write("invoice", "{\"type\":\"number\"}");
        Files.setLastModifiedTime(dir.resolve("invoice.schema.json"), FileTime.fromMillis(5));
        assertThat(schemas.named("invoice").source()).hasToString("{\"type\":\"number\"}");

        Files.delete(dir.resolve("invoice.schema.json"));
        assertThat(schemas.named("invoice").source().path("title").textValue()).isEqualTo("Invoice");
    }

    @Test
    void changeWithinOneTickAndOfTheSameSize_isSeen() throws Exception {
        Schemas schemas = schemas();
        for (String type : new String[] {"string", "number", "string"}) {
            write("mine", "{\"type\":\"" + type + "\"}");
            Files.setLastModifiedTime(dir.resolve("mine.schema.json"), FileTime.fromMillis(5));
            assertThat(schemas.named("mine").source()).hasToString("{\"type\":\"" + type + "\"}");
        }
    }

    @Test
    void namesInTheAnswer_areThoseOfFilesSortedAndFew() throws Exception {
        Files.createDirectory(dir.resolve("aaa.schema.json"));
        Files.createSymbolicLink(dir.resolve("aab.schema.json"), dir.resolve("gone"));
        for (int i = 0; i < 60; i++) {
            write(String.format("b%02d", i), "{}");
        }

        assertThatThrownBy(() -> schemas().named("none"))
                .hasMessageStartingWith("There is no schema none. There are: b00, b01, b02,")
                .hasMessageEndingWith("b48, b49 and 11 more");
        assertThatThrownBy(() -> schemas().named("aaa")).hasMessageContaining("There is no schema aaa");
        assertThatThrownBy(() -> schemas().named("../x")).hasMessageContaining("a name is 1 to 64 letters");
    }

    @Test
    void fileThatCannotBeRead_isRefusedAndLoggedOnce() throws Exception {
        Files.createSymbolicLink(dir.resolve("loop.schema.json"), dir.resolve("loop.schema.json"));
        Schemas schemas = schemas();

        try (CapturedErr log = new CapturedErr()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> schemas.named("loop")).hasMessage("The schema loop cannot be read");
            }
            assertThat(log.text()).containsOnlyOnce("loop.schema.json cannot be read (caravan.schemas.dir): ");
        }
    }

    @Test
    void byteOrderMark_isTolerated() throws Exception {
        write("bom", "\ufeff{\"title\":\"Ä\"}");

        assertThat(schemas().named("bom").source()).hasToString("{\"title\":\"Ä\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "..", "../invoice", "a/b", "a\\b", "a\0b", "", "ä", "a b", "/etc/passwd"})
    void unknownOrImpossibleName_isNotFound_withTheNamesThereAre(String name) throws Exception {
        write("mine", "{}");

        assertThatThrownBy(() -> schemas().named(name)).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND);
            assertThat(e.getMessage())
                    .endsWith("There are: invoice, mine, report")
                    .doesNotContain(dir.toString());
        });
        assertThatThrownBy(() -> schemas().named("x".repeat(65))).isInstanceOf(LlmException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":", "{\"type\":\"strnig\"}", "", "{\"a\":1,\"a\":2}", "[]"})
    void brokenFile_isNamedWithoutItsPath(String content) throws Exception {
        write("broken", content);

        assertThatThrownBy(() -> schemas().named("broken")).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(e.getMessage()).contains("The schema broken").doesNotContain(dir.toString());
        });
    }

    @Test
    void missingFolder_leavesTheShippedOnes() {
        assertThat(Schemas.open(dir.resolve("missing")).named("invoice")).isNotNull();
    }

    @Test
    void errors_haveJsonPointers_areShort_distinctAndFew() throws Exception {
        CompiledSchema schema = schemas()
                .inline(MAPPER.readTree(
                        "{\"properties\":{\"a/b~c\\nd\":{\"items\":{\"type\":\"integer\"}}},\"required\":[\"x\"]}"));

        List<SchemaViolation> errors =
                schema.check(MAPPER.readTree("{\"a/b~c\\nd\":[" + "\"x\",".repeat(99) + "\"x\"]}"));

        assertThat(errors).hasSize(Found.MAX_ERRORS).doesNotHaveDuplicates();
        assertThat(errors.get(0).path()).isEqualTo("/a~1b~0c\nd/0");
        assertThat(errors.get(0).message()).isEqualTo("string found, integer expected");
        assertThat(errors)
                .isEqualTo(schema.check(MAPPER.readTree("{\"a/b~c\\nd\":[" + "\"x\",".repeat(99) + "\"x\"]}")));

        StringBuilder values = new StringBuilder("{\"enum\":[0");
        for (int i = 0; i < 9_000; i++) {
            values.append(",\"value number ").append(i).append('"');
        }
        assertThat(schemas().inline(MAPPER.readTree(values + "]}")).check(MAPPER.readTree("1")))
                .singleElement()
                .satisfies(error -> assertThat(error.message()).hasSizeLessThan(310));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7|{\"type\":\"integer\"}|1.0|true",
                "4|{\"type\":\"integer\"}|1.0|false",
                "7|{\"type\":\"integer\"}|1.5|false",
                "7|{\"multipleOf\":0.01}|1.10|true",
                "7|{\"multipleOf\":0.01}|1.105|false",
                "7|{\"multipleOf\":2}|12345678901234567890|true",
                "7|{\"multipleOf\":2}|12345678901234567891|false",
                "7|{\"multipleOf\":0.1}|1e300|true",
                "7|{\"type\":\"integer\",\"maximum\":12345678901234567890}|12345678901234567891|false",
                "7|{\"maximum\":12345678901234567890}|12345678901234567890|true",
                "7|{\"uniqueItems\":true}|[1,1.0]|false",
                "7|{\"uniqueItems\":true}|[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]|false",
                "7|{\"uniqueItems\":true}|[1,\"1\",true,null,\"null\",[],{}]|true",
                "7|{\"const\":1}|1.0|true",
                "7|{\"enum\":[1.10]}|1.1|true",
                "7|{\"pattern\":\"^a$\"}|\"a\\n\"|false",
                "7|{\"pattern\":\"^[[]$\"}|\"[\"|true",
                "7|{\"pattern\":\"^(?!x)\\\\d+$\"}|\"12\"|true",
                "7|{\"minLength\":2}|\"\uD83D\uDE00\"|false",
            })
    void values_areComparedExactly(String draft, String schema, String data, boolean valid) throws Exception {
        JsonNode given = JsonText.parse(schema);
        ((com.fasterxml.jackson.databind.node.ObjectNode) given)
                .put("$schema", "http://json-schema.org/draft-0" + draft + "/schema#");

        assertThat(schemas().inline(given).check(JsonText.parse(data)).isEmpty())
                .isEqualTo(valid);
    }

    private Schemas schemas() {
        return Schemas.open(dir);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(dir.resolve(name + ".schema.json"), content);
    }
}
