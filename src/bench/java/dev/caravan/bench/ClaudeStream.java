package dev.caravan.bench;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * The body of one answer of InvokeModelWithResponseStream for a Claude model, made once: every frame with its checksums,
 * each in an HTTP chunk of its own. Each part's text is as long as every other's and begins with its number.
 */
final class ClaudeStream {
    /** Digits of a part's number. */
    static final int NUMBER = 7;

    private static final String OPENING = """
            {"type":"message_start","message":{"id":"msg_bdrk_bench","type":"message","role":"assistant",\
            "model":"claude-3-haiku-20240307","content":[],"stop_reason":null,"stop_sequence":null,\
            "usage":{"input_tokens":12,"output_tokens":1}}}""";
    private static final String BLOCK =
            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}";
    private static final String BLOCK_END = "{\"type\":\"content_block_stop\",\"index\":0}";

    private final Buffer opening;
    private final Buffer[] parts;
    private final Buffer closing;
    private final Buffer[] runs;
    private final int run;

    /**
     * @param count number of parts
     * @param length characters of each part's text, at least {@link #NUMBER}
     * @param run how many parts are written at once when none is waited for
     */
    ClaudeStream(int count, int length, int run) {
        this.run = run;
        opening = chunk(frame(OPENING)).appendBuffer(chunk(frame(BLOCK)));
        parts = new Buffer[count];
        for (int i = 0; i < count; i++) {
            parts[i] = chunk(frame("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                    + "\"text\":\"" + text(i, length) + "\"}}"));
        }
        closing = chunk(frame(BLOCK_END))
                .appendBuffer(chunk(frame("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
                        + "\"stop_sequence\":null},\"usage\":{\"output_tokens\":" + count + "}}")))
                .appendBuffer(chunk(
                        frame("{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":12,"
                                + "\"outputTokenCount\":" + count
                                + ",\"invocationLatency\":40,\"firstByteLatency\":10}}")))
                .appendString("0\r\n\r\n");
        runs = new Buffer[(count + run - 1) / run];
        for (int i = 0; i < count; i++) {
            runs[i / run] = runs[i / run] == null ? Buffer.buffer() : runs[i / run];
            runs[i / run].appendBuffer(parts[i]);
        }
    }

    static String text(int number, int length) {
        String filler = " because air scatters short waves more than long ones".repeat(1 + length / 50);
        return String.format(Locale.ROOT, "%0" + NUMBER + "d", number) + filler.substring(0, length - NUMBER);
    }

    /** What comes before the first part. */
    Buffer opening() {
        return opening;
    }

    Buffer part(int number) {
        return parts[number];
    }

    /** All parts, a run of them in each buffer. */
    Buffer[] runs() {
        return runs;
    }

    /** How many parts a run has; the last may have fewer. */
    int run() {
        return run;
    }

    int count() {
        return parts.length;
    }

    /** What comes after the last part, the end of the HTTP body included. */
    Buffer closing() {
        return closing;
    }

    private static byte[] frame(String json) {
        String payload = "{\"bytes\":\""
                + Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8))
                + "\",\"p\":\"abcdefghijkl\"}";
        Map<String, HeaderValue> headers = new LinkedHashMap<>();
        headers.put(":event-type", HeaderValue.fromString("chunk"));
        headers.put(":content-type", HeaderValue.fromString("application/json"));
        headers.put(":message-type", HeaderValue.fromString("event"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Message(headers, payload.getBytes(StandardCharsets.UTF_8)).encode(bytes);
        return bytes.toByteArray();
    }

    private static Buffer chunk(byte[] frame) {
        return Buffer.buffer(Integer.toHexString(frame.length) + "\r\n")
                .appendBytes(frame)
                .appendString("\r\n");
    }
}
