package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.model.CatalogueReader;
import dev.caravan.support.EmulatorHarness;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models of the shipped catalogue over HTTP. */
class CatalogueModelsTest {
    private static final String LARGE = "/model/mistral.mistral-large-2402-v1:0/invoke";
    private static final String MESSAGES = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private static EmulatorHarness emulator;

    @BeforeAll
    static void start() {
        emulator =
                new EmulatorHarness(EmulatorOptions.of(CatalogueReader.shipped().all()));
    }

    @AfterAll
    static void stop() {
        emulator.close();
    }

    @Test
    void mistral_large_takes_a_prompt_and_messages() {
        JsonNode prompted = json(emulator.post(LARGE, "{\"prompt\":\"<s>[INST] Hi [/INST]\"}"));
        JsonNode chatted = json(emulator.post(LARGE, MESSAGES));

        assertThat(prompted.at("/outputs/0/text").asText()).contains("\"Hi\"");
        assertThat(chatted.at("/choices/0/message/content").asText()).contains("\"Hi\"");
        assertThat(chatted.at("/choices/0/stop_reason").asText()).isEqualTo("stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mistral.mistral-small-2402-v1:0", "mistral.mixtral-8x7b-instruct-v0:1"})
    void its_neighbours_take_a_prompt_only(String id) {
        HttpResponse<String> response = emulator.post("/model/" + id + "/invoke", MESSAGES);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("required key [prompt] not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"amazon.titan-embed-text-v2:0", "cohere.embed-english-v3"})
    void a_model_for_embeddings_says_that_it_makes_none(String id) {
        HttpResponse<String> response = emulator.post("/model/" + id + "/invoke", "{\"inputText\":\"Hi\"}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("message").asText())
                .isEqualTo("The embedded Bedrock does not make embeddings in this version; " + id
                        + " is a model for embeddings.");
    }

    @Test
    void converse_does_not_take_a_model_for_embeddings() {
        assertThat(emulator.post("/model/amazon.titan-embed-text-v2%3A0/converse", MESSAGES)
                        .body())
                .contains("This action doesn't support the model that you provided.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00a0", "\u200b\u200b", "\u00a0\u200b\u2060"})
    void a_text_that_only_looks_empty_is_answered_or_refused(String text) {
        HttpResponse<String> response = emulator.post(
                "/model/amazon.nova-lite-v1:0/converse",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"" + text + "\"}]}]}");

        assertThat(response.statusCode()).isIn(200, 400);
    }
}
