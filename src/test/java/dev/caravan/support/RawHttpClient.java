package dev.caravan.support;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A socket that says what no well-behaved HTTP client would. */
public final class RawHttpClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    public RawHttpClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBuffer size of the socket's in bytes; 0 for the machine's usual */
    public RawHttpClient(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    public RawHttpClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** One answer: head, and the body that its Content-Length tells of. */
    public String readAnswer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return bytes.toString(StandardCharsets.ISO_8859_1);
            }
            bytes.write(b);
        }
        String head = bytes.toString(StandardCharsets.ISO_8859_1);
        for (String line : head.split("\r\n")) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                bytes.write(in.readNBytes(Integer.parseInt(line.substring(15).trim())));
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Posts JSON by HTTP/1.1. */
    public RawHttpClient post(String path, String json) throws IOException {
        int length = json.getBytes(StandardCharsets.ISO_8859_1).length;
        return send(
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + length + "\r\n\r\n" + json);
    }

    /** One chunk of a chunked body, as UTF-8: what the server wrote at once. Null at the end of the body. */
    public String readChunk() throws IOException {
        int length = Integer.parseInt(readLine(), 16);
        byte[] chunk = in.readNBytes(length);
        readLine();
        return length == 0 ? null : new String(chunk, StandardCharsets.UTF_8);
    }

    /** The rest of a chunked body, as UTF-8. */
    public String readChunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (String chunk = readChunk(); chunk != null; chunk = readChunk()) {
            body.append(chunk);
        }
        return body.toString();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended amid a line");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Everything until the server ends the connection. */
    public String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
