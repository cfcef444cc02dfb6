package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.type.TypeReference;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Month;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Types that would be asked for and then could not be read, or not wholly, are refused before any call. */
class AnswerTypeRefusalsTest {
    record Point(int x) {}

    record AnyRecord(String name, @JsonAnySetter Map<String, Object> rest) {}

    static class AnyField {
        public String name;

        @JsonAnySetter
        public Map<String, Object> rest = new HashMap<>();
    }

    static class AnyMethod {
        public String name;

        @JsonAnySetter
        public void put(String key, Object value) {
            name = key + value;
        }
    }

    static class Parent {
        @JsonManagedReference
        public List<Child> children;
    }

    static class Child {
        public String name;

        @JsonBackReference
        public Parent parent;
    }

    record Blocking(BlockingQueue<String> lines) {}

    record BlockingEnds(BlockingDeque<String> lines) {}

    record Synchronous(SynchronousQueue<String> lines) {}

    abstract static class OwnAbstract extends AbstractList<String> {}

    record OfAbstract(OwnAbstract lines) {}

    record Sorted(SortedSet<Point> points) {}

    record Tree(TreeSet<Point> points) {}

    record Priority(PriorityQueue<Point> points) {}

    @JsonFormat(shape = JsonFormat.Shape.OBJECT)
    static class Shaped extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        public String title;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind", defaultImpl = Other.class)
    @JsonSubTypes(@JsonSubTypes.Type(value = Known.class, name = "known"))
    interface WithDefault {}

    record Known(int a) implements WithDefault {}

    record Other(int b) implements WithDefault {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = First.class, name = "same"),
        @JsonSubTypes.Type(value = Second.class, name = "same")
    })
    interface SameName {}

    record First(int a) implements SameName {}

    record Second(int b) implements SameName {}

    record Dated(Date day) {}

    record Days(DayOfWeek day, Month month, TimeUnit unit, RoundingMode rounding, Map<DayOfWeek, String> plans) {}

    record Queues(
            Queue<String> a, ArrayDeque<String> b, LinkedList<Point> c, TreeSet<String> d, PriorityQueue<Month> e) {}

    enum Failing {
        ONE;

        @JsonValue
        String text() {
            throw new IllegalStateException("no text");
        }
    }

    enum Unread {
        ONE;

        @JsonCreator
        static Unread of(String text) {
            throw new IllegalArgumentException("no " + text);
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(AnyRecord.class, "@JsonAnySetter"),
                Arguments.of(AnyField.class, "@JsonAnySetter"),
                Arguments.of(AnyMethod.class, "@JsonAnySetter"),
                Arguments.of(Parent.class, "Reference, which no schema"),
                Arguments.of(Child.class, "Reference, which no schema"),
                Arguments.of(Blocking.class, "BlockingQueue"),
                Arguments.of(BlockingEnds.class, "BlockingDeque"),
                Arguments.of(Synchronous.class, "SynchronousQueue holds no elements"),
                Arguments.of(OfAbstract.class, "OwnAbstract"),
                Arguments.of(Sorted.class, "not Comparable"),
                Arguments.of(Tree.class, "not Comparable"),
                Arguments.of(Priority.class, "not Comparable"),
                Arguments.of(Shaped.class, "as an object with properties"),
                Arguments.of(WithDefault.class, "not among its @JsonSubTypes"),
                Arguments.of(SameName.class, "two subtypes of the name \"same\""),
                Arguments.of(Dated.class, "ask for an Instant"),
                Arguments.of(Failing.class, "Failing"),
                Arguments.of(Unread.class, "Unread: Cannot construct instance"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void typesThatWouldNotBeReadWhole_areRefusedInPlainWords(Class<?> type, String reason) {
        assertThatThrownBy(() -> AnswerType.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("[Source"));
    }

    @Test
    void enumsOfJava_areValuesLikeAnyEnum() {
        assertThat(AnswerType.of(DayOfWeek.class).schema().path("enum"))
                .hasSize(7)
                .first()
                .satisfies(name -> assertThat(name.asText()).isEqualTo("MONDAY"));
        assertThat(AnswerType.of(Days.class).schema().toString()).contains("NANOSECONDS", "JANUARY", "HALF_EVEN");
    }

    @Test
    void collectionsThatJacksonFills_stayAllowed() {
        assertThatCode(() -> AnswerType.of(Queues.class)).doesNotThrowAnyException();
        assertThatCode(() -> AnswerType.of(new TypeReference<Map<String, List<Point>>>() {}))
                .doesNotThrowAnyException();
    }
}
