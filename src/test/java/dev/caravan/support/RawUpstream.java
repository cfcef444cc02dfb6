package dev.caravan.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that reads one request for each connection, says what no well-behaved one would, and ends it. */
public final class RawUpstream implements AutoCloseable {
    /** How a connection ends. */
    public enum End {
        FIN,
        RST,
        LATE_FIN,
        NEVER
    }

    private static final int LATE_MS = 150;

    private final ServerSocket socket;
    private final String answer;
    private final End end;
    private final AtomicInteger requests = new AtomicInteger();

    public RawUpstream(String answer, End end) throws IOException {
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.answer = answer;
        this.end = end;
        Thread thread = new Thread(this::serve, "raw-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    public int requests() {
        return requests.get();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                serve(socket.accept());
            } catch (IOException e) {
                // The client went first, or the test is over.
                continue;
            }
        }
    }

    private void serve(Socket client) throws IOException {
        readRequest(client.getInputStream());
        requests.incrementAndGet();
        client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        client.getOutputStream().flush();
        switch (end) {
            case FIN -> client.close();
            case RST -> {
                client.setSoLinger(true, 0);
                client.close();
            }
            case LATE_FIN -> {
                client.setSoTimeout(LATE_MS);
                try {
                    client.getInputStream().read();
                } catch (java.net.SocketTimeoutException e) {
                    client.close();
                }
            }
            case NEVER -> client.getInputStream().read();
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("content-length:") + "content-length:".length();
        in.readNBytes(
                Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).trim()));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
