package dev.caravan.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One kept-alive connection that sends the same request again and again, one at a time. */
final class Caller {
    /** Hears what becomes of a caller's connection and requests, on its event loop. */
    interface Listener {
        void opened(Caller caller);

        /** @param nanos from sending to the answer's last byte */
        void answered(Caller caller, int status, long nanos);

        /** Could not be opened, or was closed by the other side. */
        void lost(Caller caller);
    }

    private final NetClient client;
    private final URI target;
    private final Buffer request;
    private final Listener listener;
    private NetSocket socket;
    private long sentAt;
    private boolean leaving;

    Caller(NetClient client, URI target, Buffer request, Listener listener) {
        this.client = client;
        this.target = target;
        this.request = request;
        this.listener = listener;
    }

    /** The bytes of a POST with a JSON body. */
    static Buffer request(URI target, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return Buffer.buffer("POST " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                .appendBytes(bytes);
    }

    void open() {
        client.connect(target.getPort(), target.getHost())
                .onSuccess(this::opened)
                .onFailure(e -> listener.lost(this));
    }

    private void opened(NetSocket open) {
        socket = open;
        open.closeHandler(closed -> {
            if (!leaving) {
                listener.lost(this);
            }
        });
        open.exceptionHandler(e -> open.close());
        open.handler(new MessageReader((startLine, head) -> received(startLine)));
        listener.opened(this);
    }

    private void received(String startLine) {
        int status = Integer.parseInt(startLine.substring(9, 12));
        if (status >= 200) {
            listener.answered(this, status, System.nanoTime() - sentAt);
        }
    }

    void send() {
        sentAt = System.nanoTime();
        socket.write(request);
    }

    void leave() {
        leaving = true;
        if (socket != null) {
            socket.close();
        }
    }
}
