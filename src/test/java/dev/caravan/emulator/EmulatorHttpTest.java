package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.HAIKU;
import static dev.caravan.support.EmulatorHarness.json;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.support.EmulatorHarness;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatorHttpTest {
    private static EmulatorHarness emulator;

    @BeforeAll
    static void start() {
        emulator = new EmulatorHarness();
    }

    @AfterAll
    static void stop() {
        emulator.close();
    }

    @Test
    void an_answer_has_the_headers_of_InvokeModel() {
        HttpResponse<String> response = emulator.ask("What is a caravan?");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-amzn-RequestId").orElseThrow())
                .hasSize(36);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode usage = json(response).get("usage");
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Input-Token-Count"))
                .hasValue("5")
                .hasValue(usage.get("input_tokens").asText());
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Output-Token-Count"))
                .hasValue(usage.get("output_tokens").asText());
        assertThat(response.headers()
                        .firstValueAsLong("X-Amzn-Bedrock-Invocation-Latency")
                        .orElseThrow())
                .isPositive();
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Cache-Read-Input-Token-Count"))
                .isEmpty();
    }

    @Test
    void a_model_with_a_prompt_cache_reports_its_counts() {
        HttpResponse<String> response = emulator.post(
                "/model/us.anthropic.claude-haiku-4-5-20251001-v1:0/invoke",
                prompt("Hello").toString());

        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Cache-Read-Input-Token-Count"))
                .hasValue("0");
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Cache-Write-Input-Token-Count"))
                .hasValue("0");
        assertThat(json(response).get("usage").get("cache_read_input_tokens").asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-3-haiku-20240307-v1%3A0",
                "anthropic.claude-3-haiku-20240307-v1:0",
                "us.anthropic.claude-3-haiku-20240307-v1:0",
                "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-3-haiku-20240307-v1%3A0",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
                "global.anthropic.claude-haiku-4-5-20251001-v1%3A0"
            })
    void an_id_is_understood_in_every_form(String id) {
        assertThat(emulator.post("/model/" + id + "/invoke", prompt("Hi").toString())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-99",
                "eu.anthropic.claude-3-haiku-20240307-v1:0",
                "claude-3-haiku",
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
            })
    void an_unknown_id_is_refused(String id) {
        refused(
                emulator.post("/model/" + id + "/invoke", prompt("Hi").toString()),
                400,
                "ValidationException",
                "The provided model identifier is invalid.");
    }

    @Test
    void a_broken_escape_is_part_of_an_id() {
        assertThat(ModelPath.parse("/model/%ZZ/invoke").orElseThrow().modelId()).isEqualTo("%ZZ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-haiku-4-5-20251001-v1:0",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"
            })
    void a_bare_id_of_a_model_behind_profiles_is_refused(String id) {
        refused(
                emulator.post("/model/" + id + "/invoke", prompt("Hi").toString()),
                400,
                "ValidationException",
                "Invocation of model ID " + id + " with on-demand throughput isn\u2019t supported. Retry your request"
                        + " with the ID or ARN of an inference profile that contains this model.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "{\"a\":", "[1]", "{} {}", "{\"a\":1,\"a\":2}"})
    void a_body_that_is_no_json_object_is_refused(String body) {
        refused(
                emulator.post("/model/" + HAIKU + "/invoke", body),
                400,
                "ValidationException",
                "Malformed input request, please reformat your input and try again.");
    }

    @Test
    void the_model_id_is_checked_before_the_body() {
        assertThat(json(emulator.post("/model/nobody.nothing/invoke", "no json"))
                        .get("message")
                        .asText())
                .isEqualTo("The provided model identifier is invalid.");
    }

    @ParameterizedTest
    @CsvSource({"invoke-with-bidirectional-stream,InvokeModelWithBidirectionalStream"})
    void an_operation_that_is_not_there_says_so(String path, String name) {
        refused(
                emulator.post("/model/" + HAIKU + "/" + path, "{}"),
                501,
                "UnknownOperationException",
                "The embedded Bedrock does not serve " + name + ".");
    }

    @Test
    void converse_counts_in_its_body_only() {
        HttpResponse<String> response = emulator.post(
                "/model/" + HAIKU + "/converse",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]}");

        assertThat(json(response).at("/usage/inputTokens").asInt()).isEqualTo(1);
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.contains("count"));
        assertThat(json(emulator.post("/model/" + HAIKU + "/converse", "{}"))
                        .get("message")
                        .asText())
                .startsWith("A conversation must start with a user message.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/model", "/model/x", "/model//invoke", "/model/x/dance", "/v1/messages"})
    void any_other_path_is_an_unknown_operation(String path) {
        assertThat(emulator.post(path, "{}").statusCode()).isEqualTo(404);
        assertThat(emulator.get("/model/" + HAIKU + "/invoke").statusCode()).isEqualTo(404);
    }

    @Test
    void a_format_that_is_not_spoken_is_refused_by_name() {
        assertThat(json(emulator.post("/model/other.model-v1:0/invoke", "{}"))
                        .get("message")
                        .asText())
                .contains("other-format");
    }

    @Test
    void a_body_above_the_limit_is_refused() {
        String body = prompt("x".repeat(25_000_000)).toString();

        HttpResponse<String> response = emulator.post("/model/" + HAIKU + "/invoke", body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("message").asText()).contains("less than or equal to 25000000");
    }

    @Test
    void a_large_body_is_read() {
        String body = prompt("word ".repeat(100_000)).toString();

        assertThat(emulator.post("/model/" + HAIKU + "/invoke", body).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_prompt_above_the_context_window_is_refused() {
        String body = prompt("x".repeat(800_004)).toString();

        assertThat(json(emulator.post("/model/" + HAIKU + "/invoke", body))
                        .get("message")
                        .asText())
                .isEqualTo("The model returned the following errors: prompt is too long: 200001 tokens > 200000"
                        + " maximum");
    }

    @Test
    void tokens_of_a_native_body_are_counted() {
        String body =
                Base64.getEncoder().encodeToString(prompt("12345678").toString().getBytes());

        HttpResponse<String> response = emulator.post(
                "/model/anthropic.claude-haiku-4-5-20251001-v1:0/count-tokens",
                "{\"input\":{\"invokeModel\":{\"body\":\"" + body + "\"}}}");

        assertThat(response.body()).isEqualTo("{\"inputTokens\":2}");
    }

    @Test
    void tokens_of_a_conversation_are_counted() {
        HttpResponse<String> response = emulator.post(
                "/model/" + HAIKU + "/count-tokens",
                "{\"input\":{\"converse\":{\"system\":[{\"text\":\"1234\"}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"12345\"}]}]}}}");

        assertThat(response.body()).isEqualTo("{\"inputTokens\":3}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"input\":{}}",
                "{\"input\":{\"invokeModel\":{\"body\":\"***\"}}}",
                "{\"input\":{\"invokeModel\":{\"body\":\"e30=\"}}}",
                "{\"input\":{\"converse\":{}}}",
                "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\" \"}]}]}}}",
                "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[]}]}}}",
                "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"text\":\"x\"}]}]}}}",
                "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"\\ud83d\"}]}]}}}"
            })
    void counting_of_something_else_is_refused(String body) {
        HttpResponse<String> response = emulator.post("/model/" + HAIKU + "/count-tokens", body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("x-amzn-errortype").orElseThrow())
                .startsWith("ValidationException:");
    }

    @Test
    void counting_for_a_model_that_is_not_served_is_refused() {
        HttpResponse<String> response = emulator.post(
                "/model/meta.llama3-8b-instruct-v1%3A0/count-tokens",
                "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}]}}}");

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void half_a_surrogate_pair_is_refused() {
        HttpResponse<String> response = emulator.post(
                "/model/" + HAIKU + "/invoke", prompt("MARK").toString().replace("MARK", "\\ud83d"));

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void http2_is_spoken_with_prior_knowledge() throws Exception {
        var client = emulator.vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));

        var response = client.request(
                        HttpMethod.POST, emulator.endpoint().getPort(), "127.0.0.1", "/model/" + HAIKU + "/invoke")
                .compose(request -> request.putHeader("Authorization", "Bearer token")
                        .send(prompt("Hi").toString()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);

        assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.getHeader("x-amzn-bedrock-input-token-count")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoke", "invoke-with-response-stream"})
    void what_was_applied_is_told(String operation) {
        HttpResponse<String> response = invoke(
                operation,
                prompt("Hi").toString(),
                "X-Amzn-Bedrock-PerformanceConfig-Latency",
                "optimized",
                "X-Amzn-Bedrock-Service-Tier",
                "flex",
                "X-Amzn-Bedrock-Trace",
                "ENABLED_FULL",
                "X-Amzn-Bedrock-GuardrailIdentifier",
                "abc",
                "X-Amzn-Bedrock-GuardrailVersion",
                "DRAFT");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-amzn-bedrock-performanceconfig-latency"))
                .hasValue("optimized");
        assertThat(response.headers().firstValue("x-amzn-bedrock-service-tier")).hasValue("flex");
        assertThat(response.headers().firstValue("content-type")).isPresent();
        assertThat(invoke(operation, prompt("Hi").toString(), "Accept", "*/*")
                        .headers()
                        .map())
                .doesNotContainKeys("x-amzn-bedrock-performanceconfig-latency", "x-amzn-bedrock-service-tier");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GuardrailIdentifier|abc|Value null at 'guardrailVersion' failed to satisfy constraint",
                "GuardrailVersion|1|Value null at 'guardrailIdentifier' failed to satisfy constraint",
                "Trace|enabled|Value 'enabled' at 'trace' failed to satisfy constraint: Member must satisfy enum value set:"
                        + " [DISABLED, ENABLED, ENABLED_FULL]",
                "PerformanceConfig-Latency|fast|Value 'fast' at 'performanceConfigLatency' failed to satisfy constraint",
                "Service-Tier|gold|Value 'gold' at 'serviceTier' failed to satisfy constraint"
            })
    void a_header_that_the_service_does_not_take_is_refused(String header, String value, String words) {
        for (String operation : new String[] {"invoke", "invoke-with-response-stream"}) {
            HttpResponse<String> response =
                    invoke(operation, prompt("Hi").toString(), "X-Amzn-Bedrock-" + header, value);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("x-amzn-ErrorType").orElseThrow())
                    .startsWith("ValidationException:");
            assertThat(json(response).get("message").asText()).startsWith("1 validation error detected: " + words);
        }
    }

    @Test
    void a_guardrails_settings_need_a_guardrail() {
        String body = prompt("Hi")
                .set("amazon-bedrock-guardrailConfig", json("{\"tagSuffix\":\"x\"}"))
                .toString();

        assertThat(json(invoke("invoke", body, "Accept", "*/*")).get("message").asText())
                .contains("no guardrail identifier was provided");
        assertThat(invoke(
                                "invoke",
                                body,
                                "X-Amzn-Bedrock-GuardrailIdentifier",
                                "abc",
                                "X-Amzn-Bedrock-GuardrailVersion",
                                "1")
                        .statusCode())
                .isEqualTo(200);
    }

    private static HttpResponse<String> invoke(String operation, String body, String... headers) {
        return emulator.send(emulator.request("/model/" + HAIKU + "/" + operation)
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void a_call_without_authorization_is_refused() {
        refused(
                emulator.send(HttpRequest.newBuilder(emulator.endpoint().resolve("/model/nobody/invoke"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))),
                403,
                "MissingAuthenticationTokenException",
                "Missing Authentication Token");
    }

    private static void refused(HttpResponse<String> response, int status, String type, String message) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("x-amzn-ErrorType"))
                .hasValue(type + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
        assertThat(response.headers().firstValue("x-amzn-RequestId")).isPresent();
        JsonNode body = json(response);
        assertThat(body.size()).isEqualTo(1);
        assertThat(body.get("message").asText()).isEqualTo(message);
    }
}
