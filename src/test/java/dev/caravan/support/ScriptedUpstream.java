package dev.caravan.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose every connection follows a script, byte by byte if it likes. */
public final class ScriptedUpstream implements AutoCloseable {
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** What a connection does, from its first request on. */
    @FunctionalInterface
    public interface Script {
        void run(Connection connection) throws IOException;
    }

    private final ServerSocket socket;
    private final Script script;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closedByClient = new AtomicInteger();

    public ScriptedUpstream(Script script) throws IOException {
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.script = script;
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "scripted-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    public int connections() {
        return connections.get();
    }

    /** Connections whose client went first. */
    public int closedByClient() {
        return closedByClient.get();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                connections.incrementAndGet();
                start(() -> serve(client));
            } catch (IOException e) {
                // The test is over.
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            script.run(new Connection(client));
        } catch (IOException e) {
            closedByClient.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** One connection, as its server has it. */
    public static final class Connection {
        private final Socket socket;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        /** Waits for a whole request. */
        public void request() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("closed");
                }
                head.append((char) c);
            }
            String lower = head.toString().toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length:") + "content-length:".length();
            in.readNBytes(Integer.parseInt(
                    lower.substring(at, lower.indexOf('\r', at)).trim()));
        }

        public void text(String text) throws IOException {
            bytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        public void bytes(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** The head of a chunked stream. */
        public void head() throws IOException {
            text(STREAM);
        }

        /** Each part as an HTTP chunk of its own. */
        public void parts(byte[]... parts) throws IOException {
            for (byte[] part : parts) {
                bytes(Frames.joined(
                        (Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1),
                        part,
                        new byte[] {'\r', '\n'}));
            }
        }

        /** The proper end of a chunked body. */
        public void end() throws IOException {
            text("0\r\n\r\n");
        }

        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Says nothing more until the client goes. */
        public void stall() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // What comes is not answered.
            }
            throw new IOException("closed");
        }
    }
}
