package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.chat.Validation;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.dialect.EventWriter;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.support.SseEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The description of the API fits together, and says what the doors do. */
class OpenApiTest {
    private static final JsonNode API = Pages.openapi();

    @Test
    void everyReference_pointsSomewhere() {
        List<JsonNode> references = API.findValues("$ref");

        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                API.at(reference.asText().substring(1)).isMissingNode())
                        .as(reference.asText())
                        .isFalse());
    }

    @Test
    void everyFieldOfARequest_acceptsNull() {
        JsonNode properties = API.at("/components/schemas/GenerateRequest/properties");

        assertThat(properties.properties())
                .isNotEmpty()
                .allSatisfy(field -> assertThat(field.getValue().toString())
                        .as(field.getKey())
                        .contains("\"null\""));
    }

    @Test
    void everyAnswerOfTheMainPages_namesItsHeaders() {
        List<String> missing = new ArrayList<>();
        API.path("paths").properties().stream()
                .filter(path -> !path.getKey().startsWith("/observe"))
                .forEach(path -> path.getValue()
                        .forEach(operation -> operation
                                .path("responses")
                                .properties()
                                .forEach(answer -> {
                                    JsonNode headers = answer.getValue().path("headers");
                                    boolean complete = headers.has("X-Request-Id")
                                            && headers.has("Allow")
                                                    == answer.getKey().equals("405")
                                            && headers.has("Retry-After")
                                                    == List.of("429", "503").contains(answer.getKey());
                                    if (!complete) {
                                        missing.add(path.getKey() + " " + answer.getKey());
                                    }
                                })));

        assertThat(missing).isEmpty();
    }

    @Test
    void failuresOfAModelsPage_haveAMemberError() {
        JsonNode answers = API.path("paths").path("/v1/models/{id}").path("get").path("responses");

        assertThat(answers.has("400")).isTrue();
        assertThat(answers.properties())
                .filteredOn(answer -> !answer.getKey().equals("200"))
                .allSatisfy(answer -> assertThat(answer.getValue().toString()).contains("ProblemWithError"));
    }

    @Test
    void everyFieldOfAReply_isDescribed() {
        JsonNode described = API.at("/components/schemas/GenerateReply/properties");

        assertThat(ReplyWriter.write(reply(null, null)).fieldNames())
                .toIterable()
                .allSatisfy(field -> assertThat(described.has(field)).as(field).isTrue());
    }

    @Test
    void everyFieldOfAnEvent_isDescribed() throws Exception {
        EventWriter events = CaravanDialect.structured().events();

        assertDescribed("StreamStart", events.start(new StreamStart("id", "model", "bedrock", true)));
        assertDescribed("StreamDelta", events.part(new Part.Text("text"), 2));
        assertDescribed("StreamDelta", events.part(new Part.Reasoning("reasoning"), 1));
        assertDescribed("StreamDelta", events.part(new Part.ToolInput(0, "call_1", "look", "{"), 1));
        assertDescribed(
                "StreamEnd", events.end(reply(Json.object(), new Validation(Validation.Mode.NATIVE, 1, false))));
        assertDescribed("Problem", events.error(LlmException.invalid("wrong"), "id"));
    }

    private static void assertDescribed(String schema, byte[] event) throws Exception {
        JsonNode described = API.at("/components/schemas/" + schema);
        JsonNode data =
                SseEvent.read(new String(event, StandardCharsets.UTF_8)).get(0).data();

        assertThat(data.fieldNames())
                .toIterable()
                .allSatisfy(field -> assertThat(described.path("properties").has(field))
                        .as(schema + "." + field)
                        .isTrue());
        data.path("tool_call")
                .fieldNames()
                .forEachRemaining(field -> assertThat(
                                described.at("/properties/tool_call/properties").has(field))
                        .as(field)
                        .isTrue());
        described
                .path("required")
                .forEach(name ->
                        assertThat(data.has(name.asText())).as(name.asText()).isTrue());
    }

    @Test
    void streams_areAnAnswerOfBothKindsOfRequests() {
        for (String path : List.of("/v1/generate", "/v1/generate/structured")) {
            JsonNode answer = API.path("paths")
                    .path(path)
                    .path("post")
                    .path("responses")
                    .path("200")
                    .path("content");

            assertThat(answer.has("application/json")).isTrue();
            assertThat(answer.has(CaravanDialect.plain().events().contentType()))
                    .isTrue();
        }
    }

    private static LlmReply reply(JsonNode data, Validation validation) {
        return new LlmReply(
                "id",
                "model",
                "bedrock",
                "us-east-1",
                "text",
                "reasoning",
                StopReason.OTHER,
                "word",
                Usage.of(1L, 2L),
                1,
                Duration.ZERO,
                true,
                List.of(new Block.ToolUse("call_1", "look", Json.object())),
                data,
                validation);
    }
}
