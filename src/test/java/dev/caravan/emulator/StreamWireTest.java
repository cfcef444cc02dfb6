package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.json;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.model.CatalogueReader;
import dev.caravan.runtime.Json;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.support.EmulatorModels;
import dev.caravan.support.EventFrameReader;
import dev.caravan.support.EventFrameReader.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams as they are on the wire: proper ones, refused ones, and those that were told to end otherwise. */
class StreamWireTest {
    private static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";
    private static final String NATIVE = "/model/" + HAIKU + "/invoke-with-response-stream";
    private static final String CONVERSE = "/model/" + HAIKU + "/converse-stream";
    private static final String METRICS = "amazon-bedrock-invocationMetrics";

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
    void a_native_stream_has_the_services_head_and_frames() {
        HttpResponse<byte[]> response =
                send(NATIVE, prompt("@emulator text=\"two words\"").toString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/vnd.amazon.eventstream");
        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("x-amzn-RequestId")).isPresent();
        assertThat(response.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.contains("count"));
        List<Event> events = EventFrameReader.read(response.body());
        assertThat(events).allSatisfy(event -> {
            assertThat(event.name()).isEqualTo("chunk");
            assertThat(event.headerNames()).containsExactlyInAnyOrder(":event-type", ":content-type", ":message-type");
            assertThat(event.json().size()).isEqualTo(1);
        });
        assertThat(events.stream().map(event -> event.chunk().get("type").asText()))
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.get(3).chunk().at("/delta/text").asText()).isEqualTo(" words");
        assertThat(events.get(5).chunk().at("/usage/output_tokens").asInt()).isEqualTo(3);
        assertThat(events.get(6).chunk().at("/" + METRICS + "/outputTokenCount").asInt())
                .isEqualTo(3);
    }

    /** A recorded frame of the service has its headers in this order. */
    @Test
    void the_bytes_of_a_frame_are_the_services() {
        byte[] body = send(CONVERSE, converse("@emulator text=Hi")).body();

        assertThat(HexFormat.of().formatHex(body))
                .contains("0000009400000057b4ab9aee0b3a6576656e742d747970650700"
                        + "11636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d747970650700106170706c69636174"
                        + "696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f63"
                        + "6b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657");
        assertThat(send(CONVERSE, converse("@emulator text=Hi")).body()).isEqualTo(body);
    }

    @Test
    void a_stream_of_converse_starts_no_block_of_text_and_counts_last() {
        HttpResponse<byte[]> response = send(CONVERSE, converse("@emulator text=\"two words\""));

        assertThat(response.headers().firstValue("X-Amzn-Bedrock-Content-Type")).isEmpty();
        assertThat(names(response))
                .containsExactly(
                        "messageStart",
                        "contentBlockDelta",
                        "contentBlockDelta",
                        "contentBlockStop",
                        "messageStop",
                        "metadata");
    }

    @Test
    void a_tool_is_called_in_pieces() {
        ObjectNode body = (ObjectNode) json(converse("Hi"));
        body.set(
                "toolConfig",
                json("{\"tools\":[{\"toolSpec\":{\"name\":\"lookup\",\"inputSchema\":{\"json\":{\"type\":\"object\","
                        + "\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}}}],"
                        + "\"toolChoice\":{\"any\":{}}}"));

        List<Event> events =
                EventFrameReader.read(send(CONVERSE, body.toString()).body());

        assertThat(events.get(1).name()).isEqualTo("contentBlockStart");
        assertThat(events.get(1).json().at("/start/toolUse/name").asText()).isEqualTo("lookup");
        assertThat(events.get(2).json().at("/delta/toolUse/input").asText()).isEmpty();
        String input = events.stream()
                .map(event -> event.json().at("/delta/toolUse/input").asText(""))
                .collect(Collectors.joining());
        assertThat(json(input).get("city").isTextual()).isTrue();
        ((ObjectNode) body.get("toolConfig")).remove("toolChoice");
        assertThat(post(CONVERSE.replace(HAIKU, "us.meta.llama3-1-70b-instruct-v1:0"), body.toString()))
                .containsExactly("400", "This model doesn't support tool use in streaming mode.");
    }

    @Test
    void nova_gives_each_piece_of_text_a_block_of_its_own() {
        List<Event> events = EventFrameReader.read(
                send("/model/us.amazon.nova-lite-v1:0/invoke-with-response-stream", converse("@emulator text=\"a b\""))
                        .body());

        assertThat(events.stream().map(event -> event.chunk().fieldNames().next()))
                .containsExactly(
                        "messageStart",
                        "contentBlockDelta",
                        "contentBlockStop",
                        "contentBlockDelta",
                        "contentBlockStop",
                        "messageStop",
                        "metadata");
        assertThat(events.get(3)
                        .chunk()
                        .at("/contentBlockDelta/contentBlockIndex")
                        .asInt())
                .isEqualTo(1);
        assertThat(events.get(6).chunk().at("/metadata/usage").has("cacheReadInputTokenCount"))
                .isTrue();
        assertThat(events.get(6).chunk().has(METRICS)).isTrue();
    }

    @Test
    void llama_counts_the_prompt_once_and_the_output_as_it_grows() {
        List<JsonNode> chunks = EventFrameReader.read(send(
                                "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream",
                                "{\"prompt\":\"Hi\\n@emulator text=\\\"four words are here\\\"\"}")
                        .body())
                .stream()
                .map(Event::chunk)
                .toList();

        assertThat(chunks).hasSize(5);
        assertThat(chunks.get(0).get("prompt_token_count").asInt()).isPositive();
        assertThat(chunks.subList(1, 5))
                .allMatch(chunk -> chunk.get("prompt_token_count").isNull());
        assertThat(chunks.stream()
                        .map(chunk -> chunk.get("generation_token_count").asInt()))
                .isSorted();
        assertThat(chunks.get(4).get("generation").asText()).isEmpty();
        assertThat(chunks.get(4).get("stop_reason").asText()).isEqualTo("stop");
        assertThat(chunks.get(4).has(METRICS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mistral.mistral-7b-instruct-v0:2", "us.deepseek.r1-v1:0", "mistral.mixtral-8x7b-instruct-v0:1"})
    void prompt_families_end_with_a_reason_and_metrics(String model) {
        List<Event> events =
                EventFrameReader.read(send("/model/" + model + "/invoke-with-response-stream", "{\"prompt\":\"Hi\"}")
                        .body());

        JsonNode last = events.get(events.size() - 1).chunk();
        assertThat(last.findValue("stop_reason").asText()).isEqualTo("stop");
        assertThat(last.at("/" + METRICS + "/inputTokenCount").asInt()).isEqualTo(1);
        assertThat(events.size()).isGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource({
        "error=ThrottlingException,429",
        "error=503,503",
        "error=ModelStreamErrorException:500 fault=half,424",
        "fault=nothing,400",
        "fault=exception error=AccessDeniedException,400"
    })
    void a_failure_before_the_stream_is_a_plain_error(String keys, int status) {
        HttpResponse<byte[]> response = send(CONVERSE, converse("@emulator " + keys));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void what_cannot_be_streamed_is_refused() {
        assertThat(post("/model/amazon.titan-embed-text-v2:0/invoke-with-response-stream", "{\"inputText\":\"x\"}"))
                .containsExactly("400", "The model is unsupported for streaming.");
        assertThat(post("/model/amazon.titan-embed-text-v2:0/converse-stream", converse("x")))
                .containsExactly("400", "The model is unsupported for streaming.");
        String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],";
        String gptOss = "/model/openai.gpt-oss-20b-1:0/invoke-with-response-stream";
        assertThat(send(gptOss, chat + "\"stream\":true}").statusCode()).isEqualTo(200);
        assertThat(post(gptOss, chat + "\"stream\":false}"))
                .containsExactly("400", "The value of stream must be true for InvokeModelWithResponseStream.");
        assertThat(send("/model/ai21.jamba-1-5-mini-v1:0/invoke-with-response-stream", chat + "\"n\":2}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(NATIVE, "no json").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "after=0,1,0",
        "after=1,2,1",
        "after=99,5,3",
    })
    void an_exception_comes_after_so_many_pieces(String after, int framesBefore, int pieces) {
        List<Event> events =
                EventFrameReader.read(send(CONVERSE, converse("@emulator fault=exception text=\"a b c\" " + after))
                        .body());

        assertThat(events).hasSize(framesBefore + 1);
        assertThat(events.stream().filter(event -> event.name().equals("contentBlockDelta")))
                .hasSize(pieces);
        Event last = events.get(framesBefore);
        assertThat(last.kind() + " " + last.name()).isEqualTo("exception modelStreamErrorException");
        assertThat(last.json().get("message").asText()).isNotBlank();
    }

    @Test
    void an_exception_has_the_type_and_the_words_of_the_error() {
        Event throttled = last(
                NATIVE,
                prompt("@emulator fault=exception error=ThrottlingException text=\"Too many"
                                + " tokens, please wait before trying again.\" after=2")
                        .toString());
        assertThat(throttled.name()).isEqualTo("throttlingException");
        assertThat(throttled.payload())
                .isEqualTo("{\"message\":\"Too many tokens, please wait before trying again.\"}");

        JsonNode broken = last(CONVERSE, converse("@emulator fault=exception error=ModelStreamErrorException:503"))
                .json();
        assertThat(broken.get("originalStatusCode").asInt()).isEqualTo(503);
        assertThat(broken.has("originalMessage")).isTrue();

        String timeout = "@emulator fault=exception error=ModelTimeoutException";
        assertThat(last(NATIVE, prompt(timeout).toString()).name()).isEqualTo("modelTimeoutException");
        assertThat(send(CONVERSE, converse(timeout)).statusCode()).isEqualTo(400);
    }

    @Test
    void a_bare_status_is_an_unmodelled_error() {
        Event last = last(CONVERSE, converse("@emulator fault=exception error=503 text=gone"));

        assertThat(last.kind() + " " + last.name()).isEqualTo("error 503");
        assertThat(last.headerNames()).contains(":error-message");
        assertThat(last.payload()).isEmpty();
    }

    @Test
    void a_wrong_checksum_is_in_one_frame_of_a_whole_stream() {
        byte[] proper = send(CONVERSE, converse("@emulator text=\"a b\"")).body();

        byte[] wrong = send(CONVERSE, converse("@emulator text=\"a b\" fault=checksum after=1"))
                .body();

        assertThatThrownBy(() -> EventFrameReader.read(wrong)).hasMessageContaining("checksum");
        assertThat(wrong).hasSizeGreaterThanOrEqualTo(proper.length);
    }

    @Test
    void half_a_frame_and_silence_end_the_body_properly() {
        byte[] half = send(
                        NATIVE,
                        prompt("@emulator fault=half after=1 text=\"a b\"").toString())
                .body();
        byte[] silent = send(
                        NATIVE,
                        prompt("@emulator fault=silent after=1 text=\"a b\"").toString())
                .body();

        assertThat(EventFrameReader.read(silent)).hasSize(3);
        assertThat(half.length).isGreaterThan(silent.length);
        assertThatThrownBy(() -> EventFrameReader.read(half)).hasMessage("half a frame");
    }

    @Test
    void malformed_is_one_event_without_json() {
        List<Event> chunks = EventFrameReader.read(
                send(NATIVE, prompt("@emulator malformed after=1 text=\"a b\"").toString())
                        .body());
        List<Event> events = EventFrameReader.read(
                send(CONVERSE, converse("@emulator malformed text=\"a b\"")).body());

        assertThat(chunks).hasSize(7);
        assertThatThrownBy(chunks.get(3)::chunk).isInstanceOf(UncheckedIOException.class);
        assertThat(events).hasSize(6);
        assertThatThrownBy(events.get(1)::json).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void empty_ends_properly_without_content() {
        assertThat(names(send(CONVERSE, converse("@emulator empty"))))
                .containsExactly("messageStart", "messageStop", "metadata");
        assertThat(EventFrameReader.read(send(
                                "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream",
                                "{\"prompt\":" + "\"@emulator empty\"}")
                        .body()))
                .singleElement()
                .matches(event -> event.chunk().get("prompt_token_count").asInt() > 0);
    }

    @Test
    void a_stop_and_a_cut_are_as_in_one_piece() {
        JsonNode last = EventFrameReader.read(
                        send(CONVERSE, converse("@emulator stop=max_tokens")).body())
                .stream()
                .filter(event -> event.name().equals("messageStop"))
                .findFirst()
                .orElseThrow()
                .json();

        assertThat(last.get("stopReason").asText()).isEqualTo("max_tokens");
    }

    @Test
    void times_and_scripts_count_streams_too() {
        String body = converse("Counted\n@emulator fault=silent times=1");
        assertThat(names(send(CONVERSE, body))).doesNotContain("messageStop");
        assertThat(names(send(CONVERSE, body))).contains("messageStop");

        emulator.script("{\"fault\":\"exception\",\"error\":\"ServiceUnavailableException\",\"after\":1}");
        assertThat(names(send(CONVERSE, body))).endsWith("contentBlockDelta", "serviceUnavailableException");
    }

    @Test
    void padding_hides_lengths_when_it_is_wanted() {
        try (EmulatorHarness padded =
                new EmulatorHarness(EmulatorOptions.of(EmulatorModels.all()).withPadding(true))) {
            List<Event> events =
                    EventFrameReader.read(send(padded, CONVERSE, converse("Hi")).body());

            assertThat(events)
                    .allMatch(event -> "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            .startsWith(event.json().get("p").asText()));
            assertThat(events.get(0).payload()).startsWith("{\"p\":\"a").endsWith("\"role\":\"assistant\"}");
        }
    }

    private static Event last(String path, String body) {
        List<Event> events = EventFrameReader.read(send(path, body).body());
        return events.get(events.size() - 1);
    }

    private static List<String> names(HttpResponse<byte[]> response) {
        return EventFrameReader.read(response.body()).stream().map(Event::name).toList();
    }

    /** Status and message. */
    private static List<String> post(String path, String body) {
        HttpResponse<byte[]> response = send(path, body);
        String message = json(new String(response.body(), StandardCharsets.UTF_8))
                .get("message")
                .asText();
        return List.of(Integer.toString(response.statusCode()), message);
    }

    private static HttpResponse<byte[]> send(String path, String body) {
        return send(emulator, path, body);
    }

    private static HttpResponse<byte[]> send(EmulatorHarness to, String path, String body) {
        HttpRequest request = to.request(path.replace(":", "%3A"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return to.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String converse(String text) {
        ObjectNode body = Json.object();
        body.putArray("messages")
                .addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("text", text);
        return body.toString();
    }
}
