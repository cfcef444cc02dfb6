package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.runtime.Json;
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
        LlmReply reply = new LlmReply(
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
                null,
                null);
        JsonNode described = API.at("/components/schemas/GenerateReply/properties");

        assertThat(ReplyWriter.write(reply).fieldNames())
                .toIterable()
                .allSatisfy(field -> assertThat(described.has(field)).as(field).isTrue());
    }
}
