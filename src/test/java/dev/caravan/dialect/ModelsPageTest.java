package dev.caravan.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.ModelResolver;
import dev.caravan.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsPageTest {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();

    private static ModelsPage page(String defaultName) {
        return new ModelsPage(CATALOGUE, new ModelResolver(CATALOGUE, defaultName, "auto", "us-east-1"), true);
    }

    private static final ModelsPage PAGE = page("claude-sonnet");

    @Test
    void the_list_has_every_model_on_one_page() {
        ObjectNode list = PAGE.list();

        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(list.path("default").asText()).isEqualTo("anthropic.claude-sonnet-5");
        assertThat(list.path("emulated").booleanValue()).isTrue();
        assertThat(list.path("has_more").isBoolean()).isTrue();
        assertThat(list.path("has_more").booleanValue()).isFalse();
        JsonNode data = list.path("data");
        assertThat(data).hasSameSizeAs(CATALOGUE.all());
        assertThat(list.path("first_id")).isEqualTo(data.get(0).path("id"));
        assertThat(list.path("last_id")).isEqualTo(data.get(data.size() - 1).path("id"));
    }

    @Test
    void every_entry_has_what_the_clients_require() {
        for (JsonNode entry : PAGE.list().path("data")) {
            assertThat(entry.path("object").asText()).isEqualTo("model");
            assertThat(entry.path("type").asText()).isEqualTo("model");
            assertThat(entry.path("created").isIntegralNumber()).isTrue();
            assertThat(Instant.parse(entry.path("created_at").asText()).getEpochSecond())
                    .isEqualTo(entry.path("created").longValue());
            assertThat(entry.path("owned_by").asText()).isNotBlank();
            assertThat(entry.path("display_name").asText()).isNotBlank();
        }
    }

    @Test
    void an_entry_as_written() {
        String json = new String(Json.write(PAGE.one("claude-3-haiku")), StandardCharsets.UTF_8);

        assertThat(json)
                .isEqualTo(
                        "{\"id\":\"anthropic.claude-3-haiku-20240307-v1:0\",\"object\":\"model\","
                                + "\"created\":1709769600,\"owned_by\":\"anthropic\",\"type\":\"model\","
                                + "\"display_name\":\"Claude 3 Haiku\",\"created_at\":\"2024-03-07T00:00:00Z\","
                                + "\"aliases\":[\"claude-3-haiku\",\"claude-3-haiku-20240307\","
                                + "\"claude-3-haiku-20240307-v1\",\"claude-3-haiku-20240307-v1:0\"],"
                                + "\"family\":\"claude-3\",\"provider\":\"bedrock\","
                                + "\"lifecycle\":{\"status\":\"retired\","
                                + "\"successor\":\"anthropic.claude-haiku-4-5-20251001-v1:0\"},"
                                + "\"context_window\":200000,\"max_output_tokens\":4096,"
                                + "\"prices\":{\"input\":0.25,\"output\":1.25,\"cache_read\":null,\"cache_write\":null},"
                                + "\"capabilities\":[\"stream\",\"tools\",\"stream_tools\",\"vision\",\"system\",\"converse\"]}");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-5-haiku, input, 0.8",
        "claude-sonnet-5, input, 3",
        "claude-fable-5, output, 50",
        "claude-sonnet-5, cache_write, 3.75",
        "nova-micro, cache_read, 0.00875",
        "titan-embed-text-v2, output, 0",
    })
    void a_price_keeps_its_decimals(String name, String which, String text) {
        JsonNode prices = PAGE.one(name).path("prices");

        assertThat(new String(Json.write(prices.path(which)), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amazon.nova-pro-v1:0",
                "nova-pro",
                "eu.amazon.nova-pro-v1:0",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
            })
    void one_model_is_found_by_any_of_its_names(String name) {
        assertThat(PAGE.one(name).path("id").asText()).isEqualTo("amazon.nova-pro-v1:0");
    }

    @Test
    void an_embedding_model_is_shown_as_one() {
        assertThat(PAGE.one("titan-embed-text-v2").path("capabilities").get(0).asText())
                .isEqualTo("embeddings");
    }

    @Test
    void unknown_values_are_null() {
        ObjectNode entry = PAGE.one("titan-embed-text-v2");

        assertThat(entry.get("max_output_tokens").isNull()).isTrue();
        assertThat(entry.at("/lifecycle/successor").isNull()).isTrue();
        assertThat(entry.at("/prices/cache_read").isNull()).isTrue();
    }

    @Test
    void an_unknown_release_is_the_first_day_of_bedrock() {
        assertThat(PAGE.one("titan-embed-g1-text-02").path("created_at").asText())
                .isEqualTo("2023-09-28T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-99", "acme.big-v1:0", "us.acme.big", "groq/x"})
    void an_unknown_name_is_not_found(String name) {
        assertThatExceptionOfType(LlmException.class)
                .isThrownBy(() -> PAGE.one(name))
                .matches(failure -> failure.kind() == ErrorKind.MODEL_NOT_FOUND);
    }

    @Test
    void a_default_that_means_nothing_is_null() {
        assertThat(page("nobody").list().get("default").isNull()).isTrue();
    }
}
