package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is valid as a tool's input is what is valid, and nothing else. */
class ToolSchemaPropertyTest {
    private static final Schemas SCHEMAS = Schemas.open(Path.of("nowhere"));
    private static final List<String> REFERENCES = List.of("#", "#/$defs/d", "#/$defs/e", "#/properties/a");

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void inputOfTheTool_isValidAsTheAnswerIs(@ForAll("schemas") JsonNode schema, @ForAll("values") JsonNode value) {
        CompiledSchema compiled = SCHEMAS.inline(schema);
        ToolSchema tool = ToolSchema.of(compiled.source()).orElseThrow();
        JsonNode input = tool.wrapped() ? Json.object().set(ToolSchema.PROPERTY, value) : value;

        boolean valid = SCHEMAS.inline(tool.inputSchema()).check(input).isEmpty();

        assertThat(valid).isEqualTo(compiled.check(value).isEmpty());
        assertThat(tool.unwrap(input)).isEqualTo(value);
    }

    @Provide
    Arbitrary<JsonNode> schemas() {
        return Combinators.combine(schema(2), schema(1), schema(1), schema(1))
                .as((root, a, d, e) -> {
                    ObjectNode schema = (ObjectNode) root.deepCopy();
                    // References have a place to go to, and none goes only to itself.
                    schema.withObject("properties").set("a", a);
                    schema.putObject("$defs")
                            .<ObjectNode>set("d", withoutReference(d))
                            .set("e", withoutReference(e));
                    schema.remove("$ref");
                    schema.withObject("properties").set("a", withoutReference(a));
                    return (JsonNode) schema;
                })
                .filter(ToolSchemaPropertyTest::ends);
    }

    /** Whether no reference leads back to itself without end: such schemas are refused. */
    private static boolean ends(JsonNode schema) {
        try {
            SCHEMAS.inline(schema);
            return true;
        } catch (LlmException e) {
            return false;
        }
    }

    private static JsonNode withoutReference(JsonNode schema) {
        return ((ObjectNode) schema.deepCopy()).without("$ref");
    }

    private static Arbitrary<JsonNode> schema(int depth) {
        Arbitrary<JsonNode> leaf = Arbitraries.of("string", "integer", "number", "null", "array", "object")
                .map(type -> Json.object().put("type", type));
        Arbitrary<JsonNode> reference =
                Arbitraries.of(REFERENCES).map(to -> Json.object().put("$ref", to));
        if (depth == 0) {
            return Arbitraries.oneOf(leaf, reference);
        }
        Arbitrary<JsonNode> inner = schema(depth - 1);
        Arbitrary<JsonNode> object = Combinators.combine(inner, inner).as((a, b) -> {
            ObjectNode schema = Json.object().put("type", "object");
            schema.putObject("properties").<ObjectNode>set("a", a).set("two words", b);
            schema.putArray("required").add("a");
            return schema;
        });
        Arbitrary<JsonNode> array =
                inner.map(items -> Json.object().put("type", "array").set("items", items));
        Arbitrary<JsonNode> union = Combinators.combine(inner, inner).as((a, b) -> {
            ObjectNode schema = Json.object();
            schema.putArray("anyOf").add(a).add(b);
            return schema;
        });
        return Arbitraries.oneOf(leaf, object, array, union);
    }

    @Provide
    Arbitrary<JsonNode> values() {
        return value(3);
    }

    private static Arbitrary<JsonNode> value(int depth) {
        Arbitrary<JsonNode> leaf =
                Arbitraries.of("1", "1.5", "\"x\"", "null", "[]", "{}", "true").map(ToolSchemaPropertyTest::json);
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<JsonNode> inner = value(depth - 1);
        return Arbitraries.oneOf(
                leaf,
                inner.map(each -> Json.mapper().createArrayNode().add(each)),
                Combinators.combine(inner, inner)
                        .as((a, b) -> Json.object().<ObjectNode>set("a", a).set("two words", b)));
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
