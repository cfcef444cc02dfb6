package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaBoundsTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String LONG = "a".repeat(40) + "!";

    private final Schemas schemas = Schemas.open(Path.of("nowhere"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^(a+)+$",
                "^(a|a)*b",
                "(?:(a+)\\1?)+$",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(a*)*(a*)*(a*)*c",
                "^(a?){40}a{40}$"
            })
    void hostilePattern_isStopped(String pattern) throws Exception {
        CompiledSchema schema = schemas.inline(JSON.objectNode().put("pattern", pattern));
        CompiledSchema names =
                schemas.inline(object("patternProperties", JSON.objectNode().set(pattern, JSON.booleanNode(true))));
        ObjectNode data = JSON.objectNode().put(LONG, 1);

        endsSoon(() -> schema.check(new TextNode(LONG)));
        endsSoon(() -> names.check(data));
    }

    @Test
    void catastrophicPattern_isTheSchemasFault_andTheTimeIsTheBudgets() throws Exception {
        AtomicLong nanos = new AtomicLong();
        CompiledSchema schema = CompiledSchema.compile(
                JSON.objectNode().put("pattern", "(?:(a+)\\1?)+$"), () -> nanos.addAndGet(1_000_000));

        assertThatThrownBy(() -> schema.check(new TextNode(LONG))).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(e.retry()).isEqualTo(LlmException.Retry.NEVER);
            assertThat(e.getMessage()).isEqualTo("schema: it cannot be checked: it takes too long");
        });
        assertThat(nanos.get()).isLessThan(3 * Budget.NANOS);
        assertThat(schema.check(new TextNode("aaa"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"^(.|\\n)*$", "^(a|b)*$", "^([^\\\\]|\\\\.)*$"})
    void patternThatTakesStack_isCheckedOnALargerOne(String pattern) throws Exception {
        CompiledSchema schema = schemas.inline(JSON.objectNode().put("pattern", pattern));

        onSmallStack(() -> {
            assertThat(schema.check(new TextNode("ab".repeat(1_500)))).isEmpty();
            assertThat(schema.check(new TextNode("ab".repeat(15_000)))).isEmpty();
            assertThat(schema.check(new TextNode("ab".repeat(15_000) + "\\"))).hasSize(pattern.contains(".|") ? 0 : 1);
        });
    }

    @Test
    void patternThatTakesEvenTheLargeStack_isTheSchemasFault_andSaysSo() throws Exception {
        CompiledSchema schema = schemas.inline(JSON.objectNode().put("pattern", "^(a|b)*$"));

        onSmallStack(() -> assertThatThrownBy(() -> schema.check(new TextNode("ab".repeat(3_000_000))))
                .isInstanceOf(LlmException.class)
                .hasMessageContaining("goes too deep for this answer"));
        assertThat(schema.check(new TextNode("ab"))).isEmpty();
    }

    @Test
    void deeplyNestedPattern_isRefused() throws Exception {
        onSmallStack(() -> assertThatThrownBy(() ->
                        schemas.inline(JSON.objectNode().put("pattern", "(".repeat(1_999) + ")".repeat(1_999))))
                .isInstanceOf(LlmException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"allOf", "anyOf", "oneOf"})
    void referencesThatFanOut_areStopped(String keyword) throws Exception {
        ObjectNode defs = JSON.objectNode();
        for (int i = 0; i < 40; i++) {
            ArrayNode both = JSON.arrayNode().add(ref(i + 1)).add(ref(i + 1));
            defs.set("d" + i, object(keyword, both));
        }
        defs.set("d40", JSON.objectNode().put("type", "string"));
        ObjectNode root = ref(0);
        root.set("$defs", defs);

        endsSoon(() -> schemas.inline(root).check(JSON.numberNode(1)));
    }

    @Test
    void fanOutOverDeepData_isStopped() throws Exception {
        ObjectNode branch = object("items", JSON.objectNode().put("$ref", "#"));
        ObjectNode root = object(
                "anyOf",
                JSON.arrayNode()
                        .add(branch)
                        .add(branch.deepCopy())
                        .add(branch.deepCopy())
                        .add(JSON.objectNode().put("type", "string")));
        JsonNode data = JSON.numberNode(1);
        for (int i = 0; i < 60; i++) {
            data = JSON.arrayNode().add(data);
        }
        JsonNode deep = data;

        endsSoon(() -> schemas.inline(root).check(deep));
    }

    @Test
    void unevaluatedOverDeepData_isStopped() throws Exception {
        ObjectNode root = JSON.objectNode().put("unevaluatedProperties", false);
        root.set("properties", object("a", JSON.objectNode().put("$ref", "#")));
        JsonNode data = JSON.numberNode(1);
        for (int i = 0; i < 900; i++) {
            data = object("a", data);
        }
        JsonNode deep = data;

        onSmallStack(() -> endsSoon(() -> schemas.inline(root).check(deep)));
    }

    @Test
    void uniqueItems_ofEqualHashes_takesNoSquareOfTheTime() throws Exception {
        CompiledSchema schema = schemas.inline(JSON.objectNode().put("uniqueItems", true));
        ArrayNode data = JSON.arrayNode();
        for (int i = 0; i < 1 << 15; i++) {
            StringBuilder item = new StringBuilder();
            for (int bit = 0; bit < 15; bit++) {
                item.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            data.add(item.toString());
        }

        assertThat(schema.check(data)).isEmpty();
    }

    @Test
    void manyErrors_areFew() throws Exception {
        CompiledSchema schema = schemas.inline(object("items", JSON.objectNode().put("type", "string")));
        ArrayNode data = JSON.arrayNode();
        for (int i = 0; i < 200_000; i++) {
            data.add(i);
        }

        endsSoon(() -> assertThat(schema.check(data)).hasSize(Found.MAX_ERRORS));
    }

    @Test
    void recursiveSchema_overVeryDeepData_failsWithoutHarm() throws Exception {
        CompiledSchema schema = schemas.inline(object("items", JSON.objectNode().put("$ref", "#")));

        onSmallStack(() -> endsSoon(() -> schema.check(JsonText.parse("[".repeat(900) + "]".repeat(900)))));
        assertThat(schema.check(JsonText.parse("[[[]]]"))).isEmpty();
    }

    @Test
    void unfoldedReferences_areNotKeptForEver() throws Exception {
        ObjectNode properties = JSON.objectNode();
        for (int i = 0; i < 50; i++) {
            properties.set("p" + i, JSON.objectNode().put("$ref", "#"));
        }
        CompiledSchema schema = schemas.inline(object("properties", properties));

        for (int i = 0; i < 200; i++) {
            JsonNode data = JSON.objectNode();
            for (int level = 0; level < 20; level++) {
                data = object("p" + (i * 7 + level * 13) % 50, data);
            }
            assertThat(schema.check(data)).isEmpty();
        }
    }

    @Test
    void tooLargeSchema_isRefused() {
        ObjectNode nested = JSON.objectNode();
        for (int i = 0; i < 60; i++) {
            nested = object("items", object("not", nested));
        }
        ObjectNode deep = nested;
        ArrayNode many = JSON.arrayNode();
        for (int i = 0; i < 20_000; i++) {
            many.add(i);
        }

        refused(deep, "nesting deeper than 100");
        refused(object("enum", many), "more than 20000 values");
        refused(JSON.objectNode().put("description", "x".repeat(300_000)), "more than 262144 characters");
    }

    @Test
    void manyShapesOfSchemas_doNotFillTheMemory() {
        String[] keywords = {"items", "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties"};
        for (int i = 0; i < 150; i++) {
            ObjectNode schema = JSON.objectNode();
            for (int level = 0; level < 20; level++) {
                schema = object(keywords[(i >> level % 8 & 7) ^ level % 8], schema);
            }
            assertThat(schemas.inline(schema)).isNotNull();
        }
    }

    @Test
    void nothingIsFetched() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] schema = "{\"type\":\"object\"}".getBytes();
            exchange.sendResponseHeaders(200, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        server.start();
        String here = "http://127.0.0.1:" + server.getAddress().getPort() + "/s.json";
        try {
            for (String address : List.of(
                    here,
                    here + "#/a",
                    here.replace("http:", "HTTP:"),
                    "//127.0.0.1:" + server.getAddress().getPort() + "/s.json",
                    "file:///etc/hostname",
                    "classpath:dev/caravan/schemas/invoice.schema.json",
                    "classpath:draft/2020-12/../../x",
                    "resource:dev/caravan/schemas/invoice.schema.json",
                    "jar:" + here + "!/a",
                    "ftp://127.0.0.1/a",
                    "https://json-schema.org/../../x",
                    "https://json-schema.org/draft/2020-12/meta/core")) {
                for (String keyword : List.of("$ref", "$dynamicRef")) {
                    refused(JSON.objectNode().put(keyword, address), "another place");
                    refused(object("items", JSON.objectNode().put(keyword, address)), "another place");
                    refused(object("x", JSON.objectNode().put(keyword, address)).put("$ref", "#/x"), "another place");
                }
                refused(JSON.objectNode().put("$schema", address), "$schema");
                refused(object("items", JSON.objectNode().put("$schema", address)), "$schema");
                refused(
                        JSON.objectNode()
                                .put("$id", address)
                                .set("items", JSON.objectNode().put("$ref", "other.json")),
                        "");
                refused(
                        JSON.objectNode()
                                .put("$schema", Draft.DRAFT_4.address())
                                .put("id", here)
                                .set("items", JSON.objectNode().put("$ref", "t.json")),
                        "another place");
                refused(
                        JSON.objectNode().put("$recursiveRef", address).put("$schema", Draft.DRAFT_2019_09.address()),
                        "");
            }
            assertThat(asked).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    private void refused(JsonNode schema, String words) {
        assertThatThrownBy(() -> schemas.inline(schema))
                .as(schema.toString())
                .isInstanceOfSatisfying(LlmException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
                    assertThat(e.getMessage()).contains(words);
                });
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void endsSoon(Work work) throws Exception {
        long start = System.nanoTime();
        try {
            work.run();
        } catch (LlmException e) {
            assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(e.getMessage()).contains("cannot be checked");
        }
        assertThat(System.nanoTime() - start).isLessThan(3 * Budget.NANOS);
    }

    private static void onSmallStack(Work work) throws Exception {
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        thrown[0] = e;
                    }
                },
                "small stack",
                512 * 1024);
        thread.start();
        thread.join();
        assertThat(thrown[0]).isNull();
    }

    private static ObjectNode ref(int i) {
        return JSON.objectNode().put("$ref", "#/$defs/d" + i);
    }

    private static ObjectNode object(String name, JsonNode value) {
        ObjectNode node = JSON.objectNode();
        node.set(name, value);
        return node;
    }
}
