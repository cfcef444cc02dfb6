package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.HAIKU;
import static dev.caravan.support.EmulatorHarness.json;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.support.EmulatorModels;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MisbehaviourTest {
    private static EmulatorHarness emulator;

    @BeforeAll
    static void start() {
        emulator = new EmulatorHarness();
    }

    @AfterAll
    static void stop() {
        emulator.close();
    }

    @BeforeEach
    void clear() {
        emulator.send(emulator.request("/_emulator").DELETE());
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDeniedException,403",
        "ValidationException,400",
        "ResourceNotFoundException,404",
        "ThrottlingException,429",
        "ModelNotReadyException,429",
        "ServiceQuotaExceededException,400",
        "ModelTimeoutException,408",
        "ModelErrorException,424",
        "InternalServerException,500",
        "ServiceUnavailableException,503",
        "UnrecognizedClientException,403",
        "ExpiredTokenException,403"
    })
    void error_by_name(String name, int status) {
        HttpResponse<String> response = emulator.ask("@emulator error=" + name);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("x-amzn-errortype").orElseThrow())
                .startsWith(name + ":http://");
        assertThat(json(response).get("message").asText()).isNotBlank();
    }

    @Test
    void error_by_status_has_no_type() {
        HttpResponse<String> response = emulator.ask("@emulator error=502");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("x-amzn-errortype")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"error=ModelErrorException:503", "error=ModelErrorException original=503"})
    void error_with_an_original_status(String keys) {
        assertThat(json(emulator.ask("@emulator " + keys))
                        .get("originalStatusCode")
                        .asInt())
                .isEqualTo(503);
    }

    @Test
    void error_with_words_and_a_time_to_wait() {
        HttpResponse<String> response = emulator.ask(
                "@emulator error=ThrottlingException retry-after=7 text=\"Too many tokens, please wait before trying"
                        + " again.\"");

        assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(json(response).get("message").asText())
                .isEqualTo("Too many tokens, please wait before trying again.");
    }

    @Test
    void times_counts_per_text_and_starts_anew() {
        String text = "Hello\n@emulator error=ThrottlingException times=2\nbye";
        for (int round = 0; round < 2; round++) {
            assertThat(emulator.ask(text).statusCode()).isEqualTo(429);
            assertThat(emulator.ask("other " + text).statusCode()).isEqualTo(429);
            assertThat(emulator.ask(text).statusCode()).isEqualTo(429);
            assertThat(emulator.ask("other " + text).statusCode()).isEqualTo(429);
            assertThat(emulator.ask(text).statusCode()).isEqualTo(200);
            assertThat(emulator.ask("other " + text).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void without_times_every_call_misbehaves() {
        for (int i = 0; i < 4; i++) {
            assertThat(emulator.ask("@emulator error=500").statusCode()).isEqualTo(500);
        }
    }

    @Test
    void a_conversation_that_goes_on_still_meets_its_directive_and_its_count() {
        ObjectNode body = prompt("Give me JSON\n@emulator text=broken times=2");
        assertThat(text(post(body))).isEqualTo("broken");
        body.withArray("messages").addObject().put("role", "assistant").put("content", "broken");
        body.withArray("messages").addObject().put("role", "user").put("content", "That was no good.");

        assertThat(text(post(body))).isEqualTo("broken");
        assertThat(text(post(body))).contains("That was no good.");
    }

    @Test
    void the_last_message_with_a_directive_counts() {
        ObjectNode body = prompt("@emulator error=500");
        body.withArray("messages").addObject().put("role", "assistant").put("content", "@emulator error=501");
        body.withArray("messages").addObject().put("role", "user").put("content", "@emulator text=second");

        assertThat(text(post(body))).isEqualTo("second");
    }

    @Test
    void text_takes_the_place_of_the_answer() {
        assertThat(text(emulator.ask("@emulator text=\"two words\""))).isEqualTo("two words");
    }

    @Test
    void stop_takes_the_place_of_the_stop_reason() {
        assertThat(json(emulator.ask("@emulator stop=refusal"))
                        .get("stop_reason")
                        .asText())
                .isEqualTo("refusal");
    }

    @Test
    void malformed_is_a_200_without_json() {
        HttpResponse<String> response = emulator.ask("@emulator malformed");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> json(response)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void empty_is_a_200_without_content() {
        HttpResponse<String> response = emulator.ask("@emulator empty=true");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("content")).isEmpty();
    }

    @Test
    void reset_closes_the_connection() {
        HttpRequest request = emulator.request("/model/" + HAIKU + "/invoke")
                .POST(HttpRequest.BodyPublishers.ofString(
                        prompt("@emulator reset").toString()))
                .build();

        assertThatThrownBy(() -> emulator.client().send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void delay_holds_the_answer_but_no_other_call() {
        HttpRequest slow = emulator.request("/model/" + HAIKU + "/invoke")
                .POST(HttpRequest.BodyPublishers.ofString(
                        prompt("@emulator delay=1s").toString()))
                .build();
        long start = System.nanoTime();
        CompletableFuture<HttpResponse<String>> pending =
                emulator.client().sendAsync(slow, HttpResponse.BodyHandlers.ofString());
        await().until(() -> emulator.requests().size() == 1);

        assertThat(emulator.ask("quick").statusCode()).isEqualTo(200);
        assertThat(pending).isNotDone();
        HttpResponse<String> response = pending.join();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(990));
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Invocation-Latency"))
                .hasValue("1000");
    }

    @Test
    void a_client_that_goes_during_the_delay_is_noted() {
        HttpRequest slow = emulator.request("/model/" + HAIKU + "/invoke")
                .POST(HttpRequest.BodyPublishers.ofString(
                        prompt("@emulator delay=1m").toString()))
                .build();
        CompletableFuture<HttpResponse<String>> pending =
                emulator.client().sendAsync(slow, HttpResponse.BodyHandlers.ofString());
        await().until(() -> emulator.requests().size() == 1);
        assertThat(emulator.requests().get(0).get("aborted").asBoolean()).isFalse();

        pending.cancel(true);

        await().until(() -> emulator.requests().get(0).get("aborted").asBoolean());
        assertThat(emulator.requests().get(0).has("status")).isFalse();
    }

    @Test
    void a_stream_of_http2_that_is_reset_during_the_delay_is_noted() {
        var client = emulator.vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        HttpClientRequest request = client.request(
                        HttpMethod.POST, emulator.endpoint().getPort(), "127.0.0.1", "/model/" + HAIKU + "/invoke")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        request.putHeader("Authorization", "Bearer token")
                .end(prompt("@emulator delay=1m").toString());
        await().until(() -> emulator.requests().size() == 1);

        request.reset();

        await().until(() -> emulator.requests().get(0).get("aborted").asBoolean());
    }

    @Test
    void keys_of_streams_change_nothing_on_a_call_in_one_piece() {
        assertThat(emulator.ask("@emulator fault=checksum after=3").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour=red|unknown key 'colour'",
                "error=Nothing|bad value 'Nothing' of 'error'",
                "error=200|bad value '200' of 'error'",
                "times=0|bad value '0' of 'times'",
                "delay=fast|bad value 'fast' of 'delay'",
                "delay=2h|bad value '2h' of 'delay'",
                "malformed=maybe|bad value 'maybe' of 'malformed'",
                "fault=none|bad value 'none' of 'fault'",
                "retry-after=5|need 'error'",
                "after=2|'after' needs 'fault' or 'malformed'",
                "error=ModelErrorException:9999|bad value 'ModelErrorException:9999' of 'error', expected an original status"
                        + " from 100 to 599",
                "error=ModelErrorException:|expected an original status from 100 to 599",
                "fault=exception error=AccessDeniedException|AccessDeniedException does not come within a stream"
            })
    void a_directive_that_makes_no_sense_is_refused_by_name(String keys, String words) {
        HttpResponse<String> response = emulator.ask("@emulator " + keys);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("x-amzn-errortype").orElseThrow())
                .startsWith("ValidationException:");
        assertThat(json(response).get("message").asText()).contains(words);
    }

    @Test
    void an_invalid_call_is_refused_before_it_misbehaves() {
        ObjectNode body = prompt("@emulator error=500");
        body.put("max_tokens", 5000);

        assertThat(post(body).statusCode()).isEqualTo(400);
    }

    @Test
    void a_script_is_used_one_reply_per_call_and_before_a_directive() {
        emulator.script("{\"error\":\"ThrottlingException\",\"times\":2}, {\"text\":{\"a\":[1]}}, {}");

        assertThat(emulator.ask("@emulator error=500").statusCode()).isEqualTo(429);
        assertThat(emulator.ask("Hi").statusCode()).isEqualTo(429);
        assertThat(text(emulator.ask("Hi"))).isEqualTo("{\"a\":[1]}");
        assertThat(text(emulator.ask("@emulator error=500"))).contains("You asked");
        assertThat(emulator.ask("@emulator error=500").statusCode()).isEqualTo(500);
    }

    @Test
    void a_script_reaches_the_counting_of_tokens_and_a_directive_does_not() {
        String body = "{\"input\":{\"converse\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":"
                + "\"@emulator error=500\"}]}]}}}";
        emulator.script("{\"error\":\"503\"}");

        assertThat(emulator.post("/model/" + HAIKU + "/count-tokens", body).statusCode())
                .isEqualTo(503);
        assertThat(emulator.post("/model/" + HAIKU + "/count-tokens", body).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "no json", "{\"replies\":[1]}", "{\"replies\":[{\"colour\":\"red\"}]}"})
    void a_script_that_makes_no_sense_is_refused(String body) {
        assertThat(emulator.post("/_emulator/script", body).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"replies\":[{\"text\":\"a\"}],\"times\":2}|unknown member 'times'",
                "{\"replies\":[{\"fault\":\"exception\",\"error\":\"AccessDeniedException\"}]}|does not come within a stream"
            })
    void what_a_script_cannot_do_is_refused_by_name_and_nothing_is_put_in_line(String body, String words) {
        HttpResponse<String> refused = emulator.post("/_emulator/script", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("message").asText()).contains(words);
        assertThat(text(emulator.ask("Hi"))).contains("You asked");
    }

    @Test
    void a_call_in_one_piece_does_not_use_up_a_streams_fault() {
        String stream = "/model/" + HAIKU + "/invoke-with-response-stream";
        String prompt = "One for the stream\n@emulator fault=exception times=1";

        assertThat(emulator.ask(prompt).statusCode()).isEqualTo(200);
        assertThat(emulator.post(stream, prompt(prompt).toString()).body()).contains("modelStreamErrorException");
        assertThat(emulator.ask(prompt).statusCode()).isEqualTo(200);
        assertThat(emulator.post(stream, prompt(prompt).toString()).body()).doesNotContain("modelStreamErrorException");
        String both = "One for all\n@emulator fault=exception error=ThrottlingException times=1";
        assertThat(emulator.ask(both).statusCode()).isEqualTo(429);
        assertThat(emulator.ask(both).statusCode()).isEqualTo(200);
    }

    @Test
    void requests_are_recorded_without_secrets() {
        emulator.send(emulator.request("/model/" + HAIKU + "/invoke?x=1")
                .header("X-Amz-Security-Token", "very-secret-session")
                .POST(HttpRequest.BodyPublishers.ofString(prompt("Hi").toString())));

        JsonNode request = emulator.requests().get(0);
        assertThat(request.get("method").asText()).isEqualTo("POST");
        assertThat(request.get("path").asText()).isEqualTo("/model/" + HAIKU + "/invoke?x=1");
        assertThat(request.get("body").asText()).isEqualTo(prompt("Hi").toString());
        assertThat(request.get("status").asInt()).isEqualTo(200);
        assertThat(request.get("headers").get("authorization").asText()).isEqualTo("Bearer toke…");
        assertThat(request.toString()).doesNotContain("very-secret");
    }

    @Test
    void only_the_last_thousand_requests_are_kept() {
        for (int i = 0; i < 1005; i++) {
            emulator.post("/nothing", "{}");
        }
        assertThat(emulator.requests()).hasSize(1000);
    }

    @Test
    void a_web_page_gets_nothing() {
        HttpResponse<String> response = emulator.send(emulator.request("/_emulator/requests")
                .header("Origin", "http://localhost")
                .GET());

        assertThat(response.statusCode()).isEqualTo(403);
    }

    @Test
    void other_control_paths_do_not_exist() {
        assertThat(emulator.get("/_emulator/script").statusCode()).isEqualTo(404);
        assertThat(emulator.get("/_emulator/other").statusCode()).isEqualTo(404);
    }

    @Test
    void latency_is_taken_and_reported() {
        try (EmulatorHarness slow =
                new EmulatorHarness(EmulatorOptions.of(EmulatorModels.all()).withLatency(Duration.ofMillis(30)))) {
            assertThat(slow.ask("Hi").headers().firstValue("X-Amzn-Bedrock-Invocation-Latency"))
                    .hasValue("30");
        }
    }

    private static HttpResponse<String> post(ObjectNode body) {
        return emulator.post("/model/" + HAIKU + "/invoke", body.toString());
    }

    private static String text(HttpResponse<String> response) {
        return json(response).get("content").get(0).get("text").asText();
    }
}
