package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.HAIKU;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.support.EmulatorModels;
import dev.caravan.support.EventFrameReader;
import dev.caravan.support.EventFrameReader.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection does while a stream is on it: it stands still, drips, breaks, fills up, or the client leaves. */
class StreamConnectionTest {
    private static final String PATH = "/model/" + HAIKU + "/invoke-with-response-stream";
    private static final String BIG_PATH = "/model/us.anthropic.claude-opus-4-7/invoke-with-response-stream";

    private EmulatorHarness emulator;

    @BeforeEach
    void start() {
        emulator = new EmulatorHarness();
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void a_stall_says_nothing_more_until_the_client_leaves() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "@emulator fault=stall after=1 text=\"a b\"")) {
            assertThat(wire.chunks(3)).hasSize(3);
            assertThat(log().get("status").asInt()).isEqualTo(200);
            assertThat(log().get("aborted").asBoolean()).isFalse();
            assertThat(wire.in.available()).isZero();
        }
        await().until(() -> log().get("aborted").asBoolean());
    }

    @Test
    void a_head_without_a_frame_is_sent_too() throws Exception {
        String path = "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream";
        try (EmulatorHarness all = new EmulatorHarness(
                        EmulatorOptions.of(CatalogueReader.shipped().all()));
                Wire wire = new Wire(all.endpoint(), path)) {
            wire.ask(path, "{\"prompt\":\"@emulator fault=stall\"}");
            wire.readHead();

            assertThat(wire.head).startsWith("HTTP/1.1 200 ").contains("vnd.amazon.eventstream");
        }
    }

    @Test
    void a_drip_comes_whole_in_pieces_of_frames() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "@emulator fault=drip after=1 text=\"a b c\"")) {
            List<byte[]> chunks = wire.chunks(Integer.MAX_VALUE);

            List<Event> events = EventFrameReader.read(joined(chunks));
            assertThat(events).hasSize(8);
            // Three whole, two of content in five, three others in two.
            assertThat(chunks).hasSize(3 + 2 * 5 + 3 * 2);
        }
        assertThat(log().get("aborted").asBoolean()).isFalse();
    }

    @Test
    void a_client_that_leaves_a_drip_is_noted() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "Tell me more\n@emulator fault=drip")) {
            wire.chunks(5);
        }
        await().until(() -> log().get("aborted").asBoolean());
    }

    @Test
    void a_reset_breaks_the_connection_after_what_was_sent() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "@emulator fault=reset after=1 text=\"a b\"")) {
            assertThat(EventFrameReader.read(joined(wire.chunks(3)))).hasSize(3);
            assertThatThrownBy(() -> wire.chunks(1)).isInstanceOf(SocketException.class);
        }
        assertThat(log().get("aborted").asBoolean()).isFalse();
    }

    @Test
    void a_reset_without_an_answer_has_no_head() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "@emulator reset")) {
            assertThat(wire.head).isEmpty();
        }
    }

    @Test
    void a_client_that_leaves_during_the_delay_is_noted() throws Exception {
        Wire wire = new Wire(emulator.endpoint(), PATH);
        wire.ask(PATH, prompt("@emulator delay=1m").toString());
        await().until(() -> emulator.requests().size() == 1);
        wire.close();

        await().until(() -> log().get("aborted").asBoolean());
        assertThat(log().has("status")).isFalse();
    }

    @Test
    void a_client_that_does_not_read_holds_the_stream_and_may_leave() throws Exception {
        HttpClientResponse response = get(open(client(emulator.vertx(), HttpVersion.HTTP_2), BIG_PATH, big(), true));
        // Its window is full long before the end, which therefore has not been sent.
        assertThat(log().get("status").asInt()).isEqualTo(200);

        response.request().reset();

        await().until(() -> log().get("aborted").asBoolean());
    }

    /** More than the sockets of both sides hold. */
    @Test
    void a_full_connection_of_http1_notices_too_that_its_client_leaves() throws Exception {
        Model small = EmulatorModels.HAIKU_3;
        Model talkative = new Model(
                small.id(),
                small.aliases(),
                small.displayName(),
                small.vendor(),
                small.provider(),
                small.family(),
                small.kind(),
                small.format(),
                Optional.of(100_000_000),
                Optional.of(100_000_000),
                small.released(),
                small.lifecycle(),
                small.prices(),
                small.capabilities(),
                small.rules(),
                small.profiles(),
                small.profileOnly());
        try (EmulatorHarness own = new EmulatorHarness(EmulatorOptions.of(List.of(talkative)))) {
            own.script("{\"text\":\"" + "word ".repeat(4_000_000) + "\"}");
            try (Wire wire = new Wire(own.endpoint(), PATH)) {
                wire.ask(PATH, prompt("Hi").put("max_tokens", 100_000_000).toString());
                wire.readHead();
                assertThat(wire.head).startsWith("HTTP/1.1 200 ");
            }

            await().until(() -> own.requests().get(0).get("aborted").asBoolean());
        }
    }

    @Test
    void a_slow_reader_gets_all_of_a_large_answer() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), BIG_PATH)) {
            wire.ask(BIG_PATH, big());
            wire.readHead();

            assertThat(text(joined(wire.chunks(Integer.MAX_VALUE)))).isEqualTo(bigText());
        }
        assertThat(log().get("aborted").asBoolean()).isFalse();
    }

    @Test
    void the_next_request_on_the_connection_is_served() throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH, "@emulator text=one")) {
            assertThat(text(joined(wire.chunks(Integer.MAX_VALUE)))).isEqualTo("one");
            wire.ask(PATH, prompt("@emulator text=two").toString());
            wire.readHead();
            assertThat(text(joined(wire.chunks(Integer.MAX_VALUE)))).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void both_versions_carry_the_same_frames(HttpVersion version) throws Exception {
        HttpClient client = client(emulator.vertx(), version);

        HttpClientResponse response = get(open(client, BIG_PATH, big(), true));
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.getHeader("content-type")).isEqualTo("application/vnd.amazon.eventstream");
        Future<Buffer> body = response.body();
        response.resume();

        assertThat(text(get(body).getBytes())).isEqualTo(bigText());
    }

    /** HTTP/1.0 has no chunks. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void to_a_client_of_http10_the_connections_end_is_the_bodys(String header) throws Exception {
        try (Wire wire = new Wire(emulator.endpoint(), PATH)) {
            wire.ask(
                    PATH,
                    "HTTP/1.0",
                    header,
                    prompt("@emulator text=\"one two\"").toString());
            wire.readHead();

            assertThat(wire.head.lines().findFirst()).hasValue("HTTP/1.0 200 OK");
            assertThat(wire.head.toLowerCase(Locale.ROOT))
                    .contains("vnd.amazon.eventstream")
                    .doesNotContain("chunked", "keep-alive");
            assertThat(text(wire.in.readAllBytes())).isEqualTo("one two");
        }
        assertThat(log().get("aborted").asBoolean()).isFalse();
    }

    @Test
    void a_client_of_http10_sees_a_head_before_the_first_frame_and_may_leave() throws Exception {
        String path = "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream";
        try (EmulatorHarness all =
                new EmulatorHarness(EmulatorOptions.of(CatalogueReader.shipped().all()))) {
            try (Wire wire = new Wire(all.endpoint(), path)) {
                wire.ask(path, "HTTP/1.0", "", "{\"prompt\":\"@emulator fault=stall\"}");
                wire.readHead();

                assertThat(wire.head).startsWith("HTTP/1.0 200 ");
            }
            await().until(() -> all.requests().get(0).get("aborted").asBoolean());
        }
    }

    @Test
    void a_stream_of_http2_breaks_alone() throws Exception {
        HttpClient client = client(emulator.vertx(), HttpVersion.HTTP_2);

        // The body is asked for before the reset can be there.
        Future<Buffer> body = open(
                        client, PATH, prompt("@emulator fault=reset after=1").toString(), false)
                .compose(HttpClientResponse::body);

        assertThatThrownBy(() -> get(body))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StreamResetException.class);
        assertThat(get(open(client, PATH, prompt("Hi").toString(), false)).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stall", "drip"})
    void a_client_of_http2_that_leaves_is_noted(String fault) throws Exception {
        HttpClient client = client(emulator.vertx(), HttpVersion.HTTP_2);
        HttpClientResponse response =
                get(open(client, PATH, prompt("@emulator fault=" + fault).toString(), false));

        response.request().reset();

        await().until(() -> log().get("aborted").asBoolean());
    }

    @Test
    void draining_does_not_wait_for_a_call_that_was_reset() throws Exception {
        Vertx vertx = OwnVertx.create(1);
        try {
            Emulator own = get(Emulator.start(vertx, EmulatorOptions.of(EmulatorModels.all())));
            Wire wire = new Wire(own.endpoint(), PATH, "@emulator reset=true");
            assertThat(wire.head).isEmpty();
            wire.close();

            assertThat(get(own.drain(Duration.ofMinutes(1)))).isZero();
        } finally {
            vertx.close();
        }
    }

    @Test
    void draining_waits_for_streams() throws Exception {
        Vertx vertx = OwnVertx.create(1);
        try {
            Emulator own = get(Emulator.start(vertx, EmulatorOptions.of(EmulatorModels.all())));
            Wire wire = new Wire(own.endpoint(), PATH, "@emulator fault=stall");

            Future<Integer> drained = own.drain(Duration.ofMinutes(1));
            Wire late = new Wire(own.endpoint(), PATH, "Hi");
            assertThat(late.head).startsWith("HTTP/1.1 503 ");
            late.close();
            assertThat(drained.isComplete()).isFalse();
            wire.close();

            assertThat(get(drained)).isZero();
        } finally {
            vertx.close();
        }
    }

    private JsonNode log() {
        return emulator.requests().get(0);
    }

    private static String bigText() {
        return "word ".repeat(60_000);
    }

    private static String big() {
        return prompt("@emulator text=\"" + bigText() + "\"")
                .put("max_tokens", 100_000)
                .toString();
    }

    private static String text(byte[] body) {
        return EventFrameReader.read(body).stream()
                .map(event -> event.chunk().at("/delta/text").asText(""))
                .collect(Collectors.joining());
    }

    private static byte[] joined(List<byte[]> chunks) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chunks.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static HttpClient client(Vertx vertx, HttpVersion version) {
        return vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    }

    /** @param paused whether nothing is read until somebody resumes */
    private Future<HttpClientResponse> open(HttpClient client, String path, String body, boolean paused) {
        return client.request(HttpMethod.POST, emulator.endpoint().getPort(), "127.0.0.1", path)
                .compose(request ->
                        request.putHeader("Authorization", "Bearer token").send(body))
                .onSuccess(response -> {
                    // Who resets a stream is told of it by Vert.x too.
                    response.exceptionHandler(reset -> {});
                    if (paused) {
                        response.pause();
                    }
                });
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** A socket with a small window that reads head and chunks one by one. */
    private static final class Wire implements AutoCloseable {
        private final Socket socket = new Socket();
        private final DataInputStream in;
        private String head = "";

        Wire(URI endpoint, String path) throws IOException {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("127.0.0.1", endpoint.getPort()));
            socket.setSoTimeout(20_000);
            in = new DataInputStream(socket.getInputStream());
        }

        Wire(URI endpoint, String path, String question) throws IOException {
            this(endpoint, path);
            ask(path, prompt(question).toString());
            readHead();
        }

        void ask(String path, String body) throws IOException {
            ask(path, "HTTP/1.1", "", body);
        }

        void ask(String path, String version, String header, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream()
                    .write(("POST " + path + " " + version + "\r\nHost: x\r\n" + header
                                    + "Authorization: Bearer token\r\nContent-Length: "
                                    + bytes.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes);
        }

        void readHead() throws IOException {
            StringBuilder lines = new StringBuilder();
            for (String line = line(); line != null && !line.isEmpty(); line = line()) {
                lines.append(line).append('\n');
            }
            head = lines.toString();
        }

        /** So many chunks, or those up to the last. */
        List<byte[]> chunks(int most) throws IOException {
            List<byte[]> chunks = new ArrayList<>();
            while (chunks.size() < most) {
                String size = line();
                if (size == null) {
                    throw new IOException("the connection ended within the body");
                }
                byte[] chunk = new byte[Integer.parseInt(size, 16)];
                in.readFully(chunk);
                line();
                if (chunk.length == 0) {
                    return chunks;
                }
                chunks.add(chunk);
            }
            return chunks;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                if (b != '\r') {
                    line.append((char) b);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
