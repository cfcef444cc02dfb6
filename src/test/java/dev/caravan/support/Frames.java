package dev.caravan.support;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Frames of {@code application/vnd.amazon.eventstream} for upstreams of tests. */
public final class Frames {
    private Frames() {}

    public static byte[] event(String type, String json) {
        return frame(Map.of(":event-type", type, ":content-type", "application/json", ":message-type", "event"), json);
    }

    public static byte[] chunk(String modelJson) {
        String base64 = Base64.getEncoder().encodeToString(modelJson.getBytes(StandardCharsets.UTF_8));
        return event("chunk", "{\"bytes\":\"" + base64 + "\",\"p\":\"abc\"}");
    }

    public static byte[] exception(String type, String json) {
        return frame(
                Map.of(":exception-type", type, ":content-type", "application/json", ":message-type", "exception"),
                json);
    }

    public static byte[] frame(Map<String, String> headers, String payload) {
        Map<String, HeaderValue> values = new LinkedHashMap<>();
        headers.forEach((name, value) -> values.put(name, HeaderValue.fromString(value)));
        return encoded(new Message(values, payload.getBytes(StandardCharsets.UTF_8)));
    }

    public static byte[] encoded(Message message) {
        ByteBuffer bytes = message.toByteBuffer();
        byte[] frame = new byte[bytes.remaining()];
        bytes.get(frame);
        return frame;
    }

    /** A prelude whose checksum is right, whatever it claims. */
    public static byte[] prelude(int totalLength, int headersLength) {
        ByteBuffer prelude = ByteBuffer.allocate(12).putInt(totalLength).putInt(headersLength);
        CRC32 crc = new CRC32();
        crc.update(prelude.array(), 0, 8);
        return prelude.putInt((int) crc.getValue()).array();
    }

    /** @param hex the headers as they stand in the frame */
    public static byte[] withHeaders(String hex) {
        byte[] headers = HexFormat.of().parseHex(hex);
        int total = headers.length + 16;
        ByteBuffer frame =
                ByteBuffer.allocate(total).put(prelude(total, headers.length)).put(headers);
        CRC32 crc = new CRC32();
        crc.update(frame.array(), 0, total - 4);
        return frame.putInt((int) crc.getValue()).array();
    }

    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] damaged(byte[] frame, int at) {
        byte[] copy = frame.clone();
        copy[at] ^= 0x20;
        return copy;
    }
}
