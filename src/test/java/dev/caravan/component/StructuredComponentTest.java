package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.support.CapturedErr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code caravan:structured} in a host's context. */
class StructuredComponentTest {
    private static final String A =
            "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}, \"required\": [\"a\"]}";
    private static final Map<String, Object> B = Map.of(
            "type", "object", "properties", Map.of("b", Map.of("type", "string")), "required", new String[] {"b"});

    @TempDir
    Path folder;

    private HostContext host;

    @BeforeEach
    void schema() throws Exception {
        Files.writeString(folder.resolve("a.schema.json"), A);
        host = new HostContext("caravan.schemas.dir", folder.toString());
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void schemaOfTheUri_holdsForTextAndMaps() throws Exception {
        start("caravan:structured?model=claude-haiku&schemaName=a");

        assertThat(host.ask("How many?").data().has("a")).isTrue();
        assertThat(host.ask(Map.of("prompt", "How many?")).data().has("a")).isTrue();
        assertThat(host.ask("How many?").validation().attempts()).isEqualTo(1);
    }

    @Test
    void schema_goesByBodyThenHeaderThenUri() throws Exception {
        start("caravan:structured?model=claude-haiku&schemaName=a");

        LlmReply byHeader = host.ask("x", Map.of(CaravanHeaders.SCHEMA, B));
        LlmReply byText = host.ask("x", Map.of(CaravanHeaders.SCHEMA, A.replace("\"a\"", "\"c\"")));
        LlmReply byTree =
                host.ask("x", Map.of(CaravanHeaders.SCHEMA, Json.mapper().valueToTree(B)));
        LlmReply byBody = host.ask(Map.of("prompt", "x", "schema", B), Map.of(CaravanHeaders.SCHEMA_NAME, "a"));
        LlmReply byRequest = host.ask(LlmRequest.ofPrompt("x")
                .structured(Structured.schema(Json.mapper().valueToTree(B)))
                .build());

        assertThat(byText.data().has("c")).isTrue();
        assertThat(new LlmReply[] {byHeader, byTree, byBody, byRequest})
                .allSatisfy(reply -> assertThat(reply.data().has("b")).isTrue());
    }

    @Test
    void maxRepairs_goesByBodyThenHeaderThenUri() throws Exception {
        start("caravan:structured?model=claude-haiku&schemaName=a&maxRepairs=0");
        Map<String, Object> body = Map.of("prompt", "x\n@emulator text=no", "max_repairs", 2);

        assertThat(failure("x\n@emulator text=no", Map.of()).attempts()).isEqualTo(1);
        assertThat(failure("x\n@emulator text=no", Map.of(CaravanHeaders.MAX_REPAIRS, 1))
                        .attempts())
                .isEqualTo(2);
        assertThat(failure(body, Map.of(CaravanHeaders.MAX_REPAIRS, 1)).attempts())
                .isEqualTo(3);
        assertThat(failure(body, Map.of()).kind()).isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
    }

    @Test
    void pinnedEndpoint_keepsItsSchema() throws Exception {
        start("caravan:structured?model=claude-haiku&schemaName=a&pinned=true");

        assertThat(host.ask(Map.of("prompt", "x", "schema", B), Map.of(CaravanHeaders.SCHEMA, B))
                        .data()
                        .has("a"))
                .isTrue();
        assertThat(host.ask("{\"prompt\": \"x\", \"schema\": {\"type\": \"string\"}}")
                        .data()
                        .has("a"))
                .isTrue();
        assertThat(failure(Map.of("prompt", "x\n@emulator text=no", "max_repairs", 5), Map.of())
                        .attempts())
                .isEqualTo(3);
    }

    @Test
    void wrongHeader_isRefusedByName() throws Exception {
        start("caravan:structured?model=claude-haiku");

        assertThat(failure("x", Map.of())).hasMessage("schema: required (or schema_name).");
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, "{"))).hasMessageContaining("CaravanSchema: must be");
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, 5))).hasMessageContaining("CaravanSchema: must be");
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, B, CaravanHeaders.SCHEMA_NAME, "a")))
                .hasMessageContaining("not both");
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA_NAME, "a", CaravanHeaders.MAX_REPAIRS, 6)))
                .hasMessageContaining("max_repairs: must be between 0 and 5");
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA_NAME, "nobody")).kind())
                .isEqualTo(ErrorKind.NOT_FOUND);
    }

    @Test
    void wrongOption_endsTheStart() {
        assertThatThrownBy(() -> host.context().getEndpoint("caravan:generate?schemaName=a"))
                .hasStackTraceContaining("belong to caravan:structured");
        assertThatThrownBy(() -> host.context().getEndpoint("caravan:structured?maxRepairs=6"))
                .hasStackTraceContaining("maxRepairs: must be between 0 and 5");
        assertThatThrownBy(() -> host.context().getEndpoint("caravan:structured?pinned=true"))
                .hasStackTraceContaining("schemaName: required");
    }

    @Test
    void schemaThatIsTooDeep_isRefusedAndTheExchangeEnds() throws Exception {
        start("caravan:structured?model=claude-haiku");
        Map<String, Object> itself = new HashMap<>();
        itself.put("properties", itself);
        JsonNode tree = Json.object();
        for (int i = 0; i < 20_000; i++) {
            tree = Json.object().set("not", tree);
        }
        String text = "{\"not\":".repeat(20_000) + "{}" + "}".repeat(20_000);

        for (Object schema : new Object[] {itself, new Object[] {itself}, tree}) {
            assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, schema)))
                    .hasMessageContaining("CaravanSchema")
                    .hasMessageContaining("levels deep");
        }
        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, text)).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(
                                LlmRequest.ofPrompt("x")
                                        .structured(Structured.schema(tree))
                                        .build(),
                                Map.of())
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure(tree, Map.of())).hasMessageContaining("The JSON tree in the body");
        assertThat(host.context().getInflightRepository().size()).isZero();
    }

    @Test
    void errorOfAHeadersOwnCode_endsTheExchange() throws Exception {
        start("caravan:structured?model=claude-haiku");
        Map<String, Object> broken = new AbstractMap<>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                throw new StackOverflowError();
            }
        };

        assertThat(failure("x", Map.of(CaravanHeaders.SCHEMA, broken)).kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(host.context().getInflightRepository().size()).isZero();
    }

    @Test
    void providersParameterInARequest_isRefusedByName() throws Exception {
        start("caravan:structured?model=claude-haiku&schemaName=a");

        assertThat(failure(
                        LlmRequest.ofPrompt("x").responseSchema(Json.object()).build(), Map.of()))
                .hasMessageContaining("responseSchema")
                .hasMessageContaining("set structured instead");
    }

    @ParameterizedTest
    @CsvSource({
        "schemaName=../x, schemaName: must be 1 to 64",
        "schemaName=, schemaName: must be 1 to 64",
        "schemaName=a&schemaName=b, schemaName: must be 1 to 64",
        "maxRepairs=abc, maxRepairs: \"abc\"",
        "maxRepairs=, maxRepairs: \"\"",
        "maxRepairs=1&maxRepairs=2, maxRepairs: \"",
        "pinned=maybe&schemaName=a, pinned: \"maybe\""
    })
    void optionThatNoCallCouldUse_endsTheStart(String options, String message) throws Exception {
        host.route("caravan:structured?" + options);

        assertThatThrownBy(host::start).hasStackTraceContaining(message);
    }

    @Test
    void schemaThatIsNotThereYet_isWarnedOf() throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            start("caravan:structured?model=claude-haiku&schemaName=later");
            assertThat(err.text()).contains("schemaName=later: There is no schema later. There are: a, invoice");
        }
        Files.writeString(folder.resolve("later.schema.json"), A);

        assertThat(host.ask("x").data().has("a")).isTrue();
    }

    @Test
    void schemaThatCannotBeUsed_isWarnedOfOnce() throws Exception {
        Files.writeString(folder.resolve("bad.schema.json"), "{\"type\": \"obj\"}");

        try (CapturedErr err = new CapturedErr()) {
            start("caravan:structured?model=claude-haiku&schemaName=bad");
            assertThat(err.text().lines().filter(line -> line.contains("cannot be used")))
                    .singleElement()
                    .asString()
                    .contains("The schema bad cannot be used: at /type: ")
                    .containsOnlyOnce("schema bad");
        }
    }

    private void start(String uri) throws Exception {
        host.route(uri).start();
    }

    private LlmException failure(Object body, Map<String, Object> headers) {
        return (LlmException) host.failure(body, headers);
    }
}
