package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.emulator.answer.SchemaSample;
import dev.caravan.runtime.Json;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.Schemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema asks for exactly what Jackson reads; what it cannot say is refused before any call. */
class AnswerTypeFormsTest {
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Num.class, name = "num"),
        @JsonSubTypes.Type(value = Add.class, name = "add")
    })
    sealed interface Expr permits Num, Add {}

    record Num(int value) implements Expr {}

    record Add(Expr left, Expr right) implements Expr {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Dir.class), @JsonSubTypes.Type(Doc.class)})
    interface Entry {}

    record Dir(String name, List<Entry> entries, Optional<Entry> newest, Map<String, Dir> links) implements Entry {}

    record Doc(String name) implements Entry {}

    @JsonTypeInfo(
            use = JsonTypeInfo.Id.NAME,
            property = "kind",
            include = JsonTypeInfo.As.EXISTING_PROPERTY,
            visible = true)
    @JsonSubTypes(@JsonSubTypes.Type(value = Cat.class, name = "cat"))
    interface Animal {}

    record Cat(String kind, int lives) implements Animal {}

    record Linked(String value, Optional<Linked> next) {}

    static class Nodes extends java.util.ArrayList<Nodes> {
        private static final long serialVersionUID = 1L;
    }

    record Page<T>(T first, List<T> items) {}

    static class Account {
        private boolean isAdmin;
        private String eMail;
        private int xPos;
        private String URL;

        public boolean isAdmin() {
            return isAdmin;
        }

        public void setAdmin(boolean value) {
            isAdmin = value;
        }

        public String getEMail() {
            return eMail;
        }

        public void setEMail(String value) {
            eMail = value;
        }

        public int getXPos() {
            return xPos;
        }

        public void setXPos(int value) {
            xPos = value;
        }

        public String getURL() {
            return URL;
        }

        public void setURL(String value) {
            URL = value;
        }
    }

    record Made(String a, int b) {
        @JsonCreator
        static Made of(@JsonProperty("text") String text, @JsonProperty("number") int number) {
            return new Made(text, number);
        }
    }

    record ReadOnly(
            @JsonProperty(access = JsonProperty.Access.READ_ONLY)
            String a,

            String b) {}

    record Times(OffsetTime time, Year year, Period period, MonthDay day, ZoneOffset offset) {}

    static Stream<AnswerType<?>> readable() {
        return Stream.of(
                AnswerType.of(Expr.class),
                AnswerType.of(Add.class),
                AnswerType.of(Num.class),
                AnswerType.of(Entry.class),
                AnswerType.of(Dir.class),
                AnswerType.of(Animal.class),
                AnswerType.of(Linked.class),
                AnswerType.of(Times.class),
                AnswerType.of(new TypeReference<Page<Expr>>() {}),
                AnswerType.of(new TypeReference<List<Entry>>() {}),
                AnswerType.of(new TypeReference<Map<String, Add>>() {}));
    }

    private static CompiledSchema compiled(AnswerType<?> type) {
        return Schemas.open(Path.of("/nonexistent")).inline(type.schema());
    }

    private static <T> T read(AnswerType<T> type, JsonNode data) {
        assertThat(compiled(type).check(data)).isEmpty();
        return type.read(new LlmReply(
                "1",
                "m",
                "bedrock",
                "r",
                "",
                null,
                StopReason.END_TURN,
                null,
                Usage.UNKNOWN,
                1,
                Duration.ZERO,
                false,
                List.of(),
                data,
                null));
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @ParameterizedTest
    @MethodSource("readable")
    void sampleOfTheSchema_isRead(AnswerType<?> type) {
        assertThat(read(type, SchemaSample.of(type.schema()))).isNotNull();
    }

    @Test
    void subtypesThatContainTheirBase_areReadByTheirNames() {
        AnswerType<Expr> type = AnswerType.of(Expr.class);
        String sum = "{\"op\": \"add\", \"left\": {\"op\": \"num\", \"value\": 1}, \"right\": {\"op\": \"add\","
                + " \"left\": {\"op\": \"num\", \"value\": 2}, \"right\": {\"op\": \"num\", \"value\": 3}}}";

        assertThat(read(type, json(sum))).isEqualTo(new Add(new Num(1), new Add(new Num(2), new Num(3))));
        assertThat(read(AnswerType.of(Add.class), json(sum))).isInstanceOf(Add.class);
        assertThat(compiled(type).check(json("{\"value\": 1}"))).isNotEmpty();
        assertThat(compiled(type).check(json("{\"op\": \"num\", \"value\": 1, \"left\": 1}")))
                .isNotEmpty();
        assertThat(compiled(AnswerType.of(Add.class)).check(json("{\"op\": \"num\", \"value\": 1}")))
                .isNotEmpty();
    }

    @Test
    void propertiesOfAClass_areTheOnesThatJacksonReads() {
        AnswerType<Account> type = AnswerType.of(Account.class);
        ObjectNode data = Json.object();
        type.schema().path("properties").fieldNames().forEachRemaining(name -> data.put(name, "x"));
        data.put("admin", true).put("xpos", 7);

        Account account = read(type, data);

        assertThat(account.isAdmin()).isTrue();
        assertThat(account.getXPos()).isEqualTo(7);
        assertThat(account.getURL()).isEqualTo("x");
        assertThat(account.getEMail()).isEqualTo("x");
    }

    @Test
    void propertiesOfACreator_areItsParameters() {
        AnswerType<Made> type = AnswerType.of(Made.class);

        assertThat(type.schema().path("properties").fieldNames()).toIterable().containsExactly("text", "number");
        assertThat(read(type, json("{\"text\": \"x\", \"number\": 1}"))).isEqualTo(new Made("x", 1));
    }

    @Test
    void whatJacksonWouldNotRead_isNotAskedFor() {
        assertThat(AnswerType.of(ReadOnly.class).schema().path("properties").fieldNames())
                .toIterable()
                .containsExactly("b");
    }

    record Values(char letter, float small, double number, Instant instant, LocalDateTime local) {}

    @ParameterizedTest
    @CsvSource({
        "letter, 'é', true",
        "letter, 😀, false",
        "small, 1e39, false",
        "small, 3e38, true",
        "number, 1e309, false",
        "number, -1e308, true",
        "instant, 1990-12-31T23:59:60Z, false",
        "instant, 2024-01-01T00:00:00+18:30, false",
        "instant, 2024-02-29T00:00:00.5+02:00, true",
        "local, 2023-02-29T00:00:00, false",
        "local, 2000-02-29T00:00:00, true",
        "local, 1900-02-29T00:00:00, false"
    })
    void valuesThatJavaCannotHold_areNotValid(String name, String text, boolean valid) {
        AnswerType<Values> type = AnswerType.of(Values.class);
        ObjectNode data = (ObjectNode) SchemaSample.of(type.schema());
        data.set(name, data.get(name).isNumber() ? json(text) : json("\"" + text + "\""));

        assertThat(compiled(type).check(data).isEmpty()).isEqualTo(valid);
        if (valid) {
            assertThat(read(type, data)).isNotNull();
        }
    }

    static class Inside {
        class Inner {
            public int x;
        }
    }

    record Endless(String value, Endless next) {}

    record Supplied(Supplier<String> text) {}

    record Wrapped(@JsonValue String text) {}

    record Delegated(String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Delegated {}
    }

    record Formatted(@JsonFormat(pattern = "dd.MM.yyyy") LocalDate day) {}

    record Twice(Optional<Optional<String>> text) {}

    record SameNames(
            @JsonProperty("x") String a, @JsonProperty("x") String b) {}

    record Flat(@JsonUnwrapped Num number, int other) {}

    static class NoConstructor {
        private final String a;

        NoConstructor(String a) {
            this.a = a;
        }

        public String getA() {
            return a;
        }
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    record Identified(int id, Optional<Identified> other) {}

    static class Upper extends StdDeserializer<String> {
        private static final long serialVersionUID = 1L;

        Upper() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.getText();
        }
    }

    record Custom(@JsonDeserialize(using = Upper.class) String text) {}

    record AsArray(
            @JsonFormat(shape = JsonFormat.Shape.ARRAY) Num number) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    static class Closed {
        private int hidden;

        @Override
        public String toString() {
            return "" + hidden;
        }
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of(Inside.Inner.class, "no constructor"),
                Arguments.of(new Object() {}.getClass(), "anonymous"),
                Arguments.of(NoConstructor.class, "no constructor"),
                Arguments.of(Wrapped.class, "no constructor"),
                Arguments.of(Delegated.class, "no constructor"),
                Arguments.of(Endless.class, "ever ends"),
                Arguments.of(Supplied.class, "Supplier"),
                Arguments.of(Formatted.class, "day has a @JsonFormat"),
                Arguments.of(Twice.class, "Optional of an Optional"),
                Arguments.of(SameNames.class, "\"x\""),
                Arguments.of(Flat.class, "number is @JsonUnwrapped"),
                Arguments.of(Identified.class, "@JsonIdentityInfo"),
                Arguments.of(Custom.class, "text is read by"),
                Arguments.of(AsArray.class, "number is read in another way"),
                Arguments.of(ByClass.class, "by a name in a property"),
                Arguments.of(Closed.class, "has fields"),
                Arguments.of(Nodes.class, "of itself"),
                Arguments.of(void.class, "void is no type"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void typesThatASchemaCannotSay_areRefusedWithTheReason(Class<?> type, String reason) {
        assertThatThrownBy(() -> AnswerType.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
