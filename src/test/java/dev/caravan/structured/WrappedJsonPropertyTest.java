package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WrappedJsonPropertyTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final CompiledSchema OBJECT =
            Schemas.open(Path.of("nowhere")).inline(JSON.objectNode().put("type", "object"));

    @Property(tries = 500)
    void soundObject_inAnyWrapper_isFoundUnchanged(
            @ForAll("objects") JsonNode object, @ForAll("before") String before, @ForAll("after") String after) {
        Found found = AnswerReader.read(before + object + after, OBJECT, false);

        assertThat(found.errors()).isEmpty();
        assertThat(found.repaired()).isFalse();
        assertThat(found.data()).hasToString(object.toString());
    }

    @Provide
    Arbitrary<JsonNode> objects() {
        return members(values(3));
    }

    @Provide
    Arbitrary<String> before() {
        return Arbitraries.of(
                "",
                "Sure! ",
                "```json\n",
                "```\n",
                "~~~\n",
                "\ufeff",
                "Use {name}: ",
                "f(x) = {x}, so\n",
                "[note] ",
                "He's \"here\": ");
    }

    @Provide
    Arbitrary<String> after() {
        return Arbitraries.of(
                "", "\n```", "\n```\nDone.", "\r\n", " That's it (see {name}).", "\u00a0", "]", "}", " \"");
    }

    private static Arbitrary<JsonNode> values(int depth) {
        Arbitrary<JsonNode> text = text().map(JSON::textNode);
        Arbitrary<JsonNode> integers = Arbitraries.integers().map(JSON::numberNode);
        Arbitrary<JsonNode> decimals = Arbitraries.bigDecimals().map(JSON::numberNode);
        Arbitrary<JsonNode> words =
                Arbitraries.of(List.<JsonNode>of(JSON.booleanNode(true), JSON.booleanNode(false), JSON.nullNode()));
        Arbitrary<JsonNode> scalars = Arbitraries.oneOf(List.of(text, integers, decimals, words));
        if (depth == 0) {
            return scalars;
        }
        Arbitrary<JsonNode> inner = values(depth - 1);
        Arbitrary<JsonNode> arrays = inner.list().ofMaxSize(4).map(WrappedJsonPropertyTest::array);
        return Arbitraries.oneOf(List.of(scalars, members(inner), arrays));
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings().ascii().withChars("äß漢\n\t\"\\{}[]`").ofMaxLength(12);
    }

    private static Arbitrary<JsonNode> members(Arbitrary<JsonNode> values) {
        return Arbitraries.maps(text(), values).ofMaxSize(4).map(WrappedJsonPropertyTest::object);
    }

    private static JsonNode object(Map<String, JsonNode> members) {
        ObjectNode node = JSON.objectNode();
        node.setAll(members);
        return node;
    }

    private static JsonNode array(List<JsonNode> items) {
        ArrayNode node = JSON.arrayNode();
        node.addAll(items);
        return node;
    }
}
