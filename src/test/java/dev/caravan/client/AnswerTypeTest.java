package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.emulator.answer.SchemaSample;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.NativeSchema;
import dev.caravan.structured.Schemas;
import dev.caravan.structured.ToolSchema;
import java.io.File;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas of Java types, and values read from what is valid by them. */
class AnswerTypeTest {
    enum Color {
        RED,
        @JsonProperty("light-green")
        GREEN
    }

    enum Size {
        SMALL("s"),
        LARGE("l");

        private final String letter;

        Size(String letter) {
            this.letter = letter;
        }

        @JsonValue
        String letter() {
            return letter;
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Nullable {}

    @JsonClassDescription("One line of an invoice")
    record Line(
            @JsonProperty("item_name") @JsonPropertyDescription("what was bought")
            String item,

            int count,
            BigDecimal price,
            @Nullable String note,
            Optional<LocalDate> delivered,
            @JsonIgnore String seen) {}

    record Numbers(byte b, short s, int i, Long l, float f, double d, BigInteger big, BigDecimal exact, boolean yes) {}

    record Times(
            LocalDate date,
            LocalDateTime local,
            LocalTime time,
            Instant instant,
            OffsetDateTime offset,
            Duration duration,
            YearMonth month) {}

    record Texts(String text, char letter, UUID id, URI link, byte[] bytes, char[] letters, Color color, Size size) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Texts texts && json(this).equals(json(texts));
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    record Optionals(
            Optional<String> text,
            OptionalInt number,
            OptionalLong more,
            OptionalDouble part,
            Optional<Line> line,
            Optional<List<Color>> colors,
            @Nullable Color color) {}

    record Containers(
            List<Line> lines,
            Set<Color> colors,
            Map<String, Line> byName,
            Map<Color, List<Integer>> byColor,
            Map<Integer, String> byNumber,
            Map<LocalDate, Boolean> byDay,
            List<List<Double>> table) {}

    record Tree(String name, List<Tree> children, Optional<Tree> twin) {}

    record Page<T>(List<T> items, T first, Optional<T> last) {}

    record Pages(Page<Line> lines, Page<String> texts, Page<Tree> trees) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Square.class, name = "square")
    })
    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side, Optional<String> label) implements Shape {}

    record Drawing(List<Shape> shapes, Shape main) {}

    record Anything(Object any, JsonNode tree, ObjectNode object) {}

    record Empty() {}

    sealed interface Plain permits PlainOne {}

    record PlainOne(int x) implements Plain {}

    record Filed(File file) {}

    record Keyed(Map<Line, String> map) {}

    static Stream<AnswerType<?>> types() {
        return Stream.of(
                AnswerType.of(Line.class),
                AnswerType.of(Numbers.class),
                AnswerType.of(Texts.class),
                AnswerType.of(Optionals.class),
                AnswerType.of(Containers.class),
                AnswerType.of(Tree.class),
                AnswerType.of(Pages.class),
                AnswerType.of(Drawing.class),
                AnswerType.of(Anything.class),
                AnswerType.of(Empty.class),
                AnswerType.of(Shape.class),
                AnswerType.of(Color.class),
                AnswerType.of(Integer.class),
                AnswerType.of(String.class),
                AnswerType.of(new TypeReference<List<Tree>>() {}),
                AnswerType.of(new TypeReference<Map<String, Line>>() {}),
                AnswerType.of(new TypeReference<Page<Line>>() {}));
    }

    private static CompiledSchema compiled(AnswerType<?> type) {
        return Schemas.open(Path.of("/nonexistent")).inline(type.schema());
    }

    private static LlmReply reply(JsonNode data) {
        Usage usage = Usage.UNKNOWN;
        return new LlmReply(
                "1",
                "m",
                "bedrock",
                "r",
                "",
                null,
                StopReason.END_TURN,
                null,
                usage,
                1,
                Duration.ZERO,
                false,
                List.of(),
                data,
                null);
    }

    private static JsonNode json(Object value) {
        return json(JavaAnswer.mapper().valueToTree(value).toString());
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Compares numbers by their value. */
    private static void assertSame(JsonNode actual, JsonNode expected) {
        Comparator<JsonNode> values = (one, other) -> one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.equals(other) ? 0 : 1;
        assertThat(actual.equals(values, expected))
                .as(actual + " is " + expected)
                .isTrue();
    }

    /** Without what says the same as nothing. */
    private static JsonNode withoutNulls(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.properties().removeIf(field -> field.getValue().isNull());
        }
        tree.forEach(AnswerTypeTest::withoutNulls);
        return tree;
    }

    @ParameterizedTest
    @MethodSource("types")
    void sampleOfTheSchema_isReadAndWrittenAsTheSame(AnswerType<?> type) {
        CompiledSchema schema = compiled(type);
        JsonNode sample = SchemaSample.of(type.schema());
        assertThat(schema.check(sample)).isEmpty();

        Object value = type.read(reply(sample));
        JsonNode written = json(value);

        assertThat(schema.check(written)).isEmpty();
        assertSame(withoutNulls(written), json(withoutNulls(sample).toString()));
        assertThat(type.read(reply(written))).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("types")
    void schema_canBeSaidToProviders(AnswerType<?> type) {
        assertThat(ToolSchema.of(compiled(type).source())).isPresent();
    }

    @Test
    void ordinaryRecords_areHeldByTheProviderItself() {
        assertThat(Stream.of(Line.class, Numbers.class, Times.class, Texts.class, Optionals.class, Drawing.class))
                .allSatisfy(type -> assertThat(
                                NativeSchema.of(compiled(AnswerType.of(type)).source()))
                        .isPresent());
    }

    @Test
    void schemaOfARecord_isClosedInOrderAndDescribed() {
        assertSame(AnswerType.of(Line.class).schema(), json("""
                        {"type": "object",
                         "properties": {
                           "item_name": {"type": "string", "description": "what was bought"},
                           "count": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647},
                           "price": {"type": "number"},
                           "note": {"type": ["string", "null"]},
                           "delivered": {"type": ["string", "null"], "format": "date"}},
                         "required": ["item_name", "count", "price"],
                         "description": "One line of an invoice",
                         "additionalProperties": false}"""));
        assertThat(AnswerType.of(Tree.class).schema().path("properties").fieldNames())
                .toIterable()
                .containsExactly("name", "children", "twin");
    }

    @Test
    void recursionWithin_goesByADefinition() {
        JsonNode schema = AnswerType.of(Pages.class).schema();

        assertThat(schema.at("/$defs/Tree/properties/children/items/$ref").asText())
                .isEqualTo("#/$defs/Tree");
        assertThat(schema.findValuesAsText("$ref"))
                .allMatch(reference -> reference.matches("#/\\$defs/[A-Za-z0-9_.-]+"));
    }

    /** Each at an edge of what the schema allows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[-128, -32768, -2147483648, -9223372036854775808, 0.1, 1e-300, 1, 1]",
                "[127, 32767, 2147483647, 9223372036854775807, 1e38, 1e308, 123456789012345678901234567890, 0.10]",
                "[1.0, 1e2, 2.147483647e9, 9.0, 1, 1, 1e30, 1e-30]"
            })
    void numbersAtTheEdges_areRead(String numbers) {
        ArrayNode given = (ArrayNode) json(numbers);
        ObjectNode data = Json.object().put("yes", true);
        List<String> names = List.of("b", "s", "i", "l", "f", "d", "big", "exact");
        for (int i = 0; i < names.size(); i++) {
            data.set(names.get(i), given.get(i));
        }
        AnswerType<Numbers> type = AnswerType.of(Numbers.class);
        assertThat(compiled(type).check(data)).isEmpty();

        Numbers read = type.read(reply(data));

        assertThat(read.exact()).isEqualTo(given.get(7).decimalValue());
        assertThat(new BigDecimal(read.big())).isEqualByComparingTo(given.get(6).decimalValue());
        assertThat(BigDecimal.valueOf(read.l()))
                .isEqualByComparingTo(given.get(3).decimalValue());
    }

    @ParameterizedTest
    @CsvSource({"b, 128", "s, -32769", "i, 2147483648", "l, 9223372036854775808", "i, 1.5", "big, 0.5", "i, null"})
    void numbersBeyondTheirType_areNotValid(String name, String number) {
        AnswerType<Numbers> type = AnswerType.of(Numbers.class);
        ObjectNode data = (ObjectNode) SchemaSample.of(type.schema());
        data.set(name, json(number));

        assertThat(compiled(type).check(data)).isNotEmpty();
    }

    /** What is valid is read, and written so that it is read as the same. */
    @ParameterizedTest
    @CsvSource({
        "duration, PT1H30M, true",
        "duration, P2DT0.5S, true",
        "duration, PT90M, true",
        "duration, P1Y, false",
        "duration, P, false",
        "duration, PT, false",
        "local, 2024-02-29T23:59:59, true",
        "local, 2024-04-31T00:00:00, false",
        "local, 2024-01-01T24:00:00, false",
        "local, 2024-01-01T00:00:00Z, false",
        "time, 23:59:59.123456789, true",
        "time, 7:30:00, false",
        "date, 2024-02-30, false",
        "date, 2023-12-31, true",
        "instant, 2024-01-01T00:00:00+02:00, true",
        "instant, 2024-01-01T00:00:00, false",
        "offset, 2024-01-01T00:00:00.5-05:30, true",
        "month, 2024-13, false",
        "month, 2024-12, true"
    })
    void times_thatAreValid_areRead(String name, String text, boolean valid) {
        AnswerType<Times> type = AnswerType.of(Times.class);
        ObjectNode data = (ObjectNode) SchemaSample.of(type.schema());
        data.put(name, text);

        assertThat(compiled(type).check(data).isEmpty()).isEqualTo(valid);
        if (valid) {
            Times value = type.read(reply(data));
            assertThat(type.read(reply(json(value)))).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"text\": null, \"number\": null, \"line\": null, \"colors\": null, \"color\": null}"})
    void optionalsThatAreAbsentOrNull_areEmpty(String text) {
        AnswerType<Optionals> type = AnswerType.of(Optionals.class);
        assertThat(compiled(type).check(json(text))).isEmpty();

        Optionals value = type.read(reply(json(text)));

        assertThat(value.text()).isEmpty();
        assertThat(value.number()).isEmpty();
        assertThat(value.more()).isEmpty();
        assertThat(value.part()).isEmpty();
        assertThat(value.line()).isEmpty();
        assertThat(value.colors()).isEmpty();
        assertThat(value.color()).isNull();
    }

    @Test
    void optionalsThatAreThere_areRead() {
        AnswerType<Optionals> type = AnswerType.of(Optionals.class);
        JsonNode data =
                json("{\"text\": \"a\", \"number\": 3, \"more\": 4, \"part\": 0.5, \"colors\": [\"light-green\"],"
                        + " \"color\": \"RED\"}");
        assertThat(compiled(type).check(data)).isEmpty();

        Optionals value = type.read(reply(data));

        assertThat(value.colors()).contains(List.of(Color.GREEN));
        assertThat(value.part()).hasValue(0.5);
        assertSame(json(value), data);
    }

    @Test
    void keysOfMaps_areHeldToTheirType() {
        AnswerType<Containers> type = AnswerType.of(Containers.class);
        ObjectNode data = (ObjectNode) json("{\"lines\": [], \"colors\": [\"RED\"], \"byName\": {}, \"byColor\":"
                + " {\"light-green\": [1]}, \"byNumber\": {\"-7\": \"x\"}, \"byDay\": {\"2024-01-31\": true}, \"table\":"
                + " [[0.5]]}");
        assertThat(compiled(type).check(data)).isEmpty();
        assertThat(type.read(reply(data)).byColor()).containsKey(Color.GREEN);
        assertSame(json(type.read(reply(data))), data);

        ObjectNode wrong = data.deepCopy();
        wrong.putObject("byNumber").put("seven", "x");
        assertThat(compiled(type).check(wrong)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dev.caravan.client.AnswerTypeTest$Plain, is abstract",
        "dev.caravan.client.AnswerTypeTest$Filed, java.io.File",
        "dev.caravan.client.AnswerTypeTest$Keyed, Key deserializer",
        "java.lang.Thread, java.lang.Thread",
        "java.lang.Runnable, java.lang.Runnable"
    })
    void typesThatNobodyCouldRead_areRefusedWithTheReason(String type, String reason) throws Exception {
        Class<?> unreadable = Class.forName(type);

        assertThatThrownBy(() -> AnswerType.of(unreadable))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void validDataThatCannotBeRead_tellsThePath() {
        AnswerType<List<Line>> type = AnswerType.of(new TypeReference<List<Line>>() {});
        JsonNode wrong = json("[{\"item_name\": \"x\", \"count\": 1, \"price\": 1, \"delivered\": \"never\"}]");

        assertThatThrownBy(() -> type.read(reply(wrong))).isInstanceOfSatisfying(LlmException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
            assertThat(failure.errors().get(0).path()).isEqualTo("/0/delivered");
            assertThat(failure.raw()).contains("never");
            assertThat(failure.usage()).isNotNull();
        });
    }

    @Test
    void schemaOfAClass_isDerivedOnce_andCannotBeChanged() {
        assertThat(JavaAnswer.of(Line.class)).isSameAs(JavaAnswer.of(Line.class));
        ((ObjectNode) AnswerType.of(Line.class).schema()).removeAll();

        assertThat(AnswerType.of(Line.class).schema()).isNotEmpty();
    }

    /** An application server that loads a program anew must not keep the old one. */
    @Test
    void classLoaderOfAType_isNotKept() throws Exception {
        WeakReference<ClassLoader> loader = answerOfAnotherLoader();

        Awaitility.await().until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private static WeakReference<ClassLoader> answerOfAnotherLoader() throws Exception {
        URL classes = Tree.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader loader = new URLClassLoader(new URL[] {classes}, null);
        AnswerType<?> type = AnswerType.of(loader.loadClass(Tree.class.getName()));
        Object tree = type.read(reply(SchemaSample.of(type.schema())));
        assertThat(tree.getClass().getClassLoader()).isSameAs(loader);
        return new WeakReference<>(loader);
    }
}
