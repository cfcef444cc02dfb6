package dev.caravan.bench;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Starts the command after {@code --} and asks {@code --url} with {@code --body} until it answers 200, then once more.
 * Prints the time from the start of the process to the open port and to that answer, and how long the first and the
 * second question took, all in ms; then ends the process. Its output goes to the file {@code --log}.
 */
public final class FirstAnswer {
    private static final long PAUSE_MILLIS = 5;

    private final URI target;
    private final byte[] request;

    private FirstAnswer(URI target, String body) {
        this.target = target;
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        this.request = ("POST " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority()
                        + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** {@code --ready} names an address that answers 200 already: asking it first loads this process's own classes. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = new Options(args);
        if (!new FirstAnswer(URI.create(options.text("ready")), "{}").ask()) {
            throw new IllegalStateException("no answer from " + options.text("ready"));
        }
        FirstAnswer watch = new FirstAnswer(URI.create(options.text("url")), options.text("body"));
        ProcessBuilder command = new ProcessBuilder(options.rest())
                .redirectErrorStream(true)
                .redirectOutput(new File(options.text("log")));
        long start = System.nanoTime();
        Process process = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        try {
            System.out.println(watch.measure(process, start, options.number("limit", 60)));
        } finally {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
        }
    }

    private String measure(Process process, long start, int limitSeconds) throws IOException, InterruptedException {
        while (!connects()) {
            pause(process, start, limitSeconds);
        }
        long open = System.nanoTime();
        long asked = System.nanoTime();
        while (!ask()) {
            pause(process, start, limitSeconds);
            asked = System.nanoTime();
        }
        long answered = System.nanoTime();
        if (!ask()) {
            throw new IllegalStateException("the second question was not answered with 200");
        }
        long again = System.nanoTime();
        return new JsonObject()
                .put("open_ms", millis(start, open))
                .put("first_ok_ms", millis(start, answered))
                .put("first_request_ms", millis(asked, answered))
                .put("second_request_ms", millis(answered, again))
                .encode();
    }

    private static double millis(long from, long to) {
        return (to - from) / 1000 / 1000.0;
    }

    private static void pause(Process process, long start, int limitSeconds) throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the process ended with status " + process.exitValue());
        }
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(limitSeconds)) {
            throw new IllegalStateException("no answer within " + limitSeconds + " s");
        }
        Thread.sleep(PAUSE_MILLIS);
    }

    private boolean connects() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.getHost(), target.getPort()), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether the answer was 200; a connection refused or cut is "not yet". */
    private boolean ask() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.getHost(), target.getPort()), 1000);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request);
            byte[] head = socket.getInputStream().readNBytes(12);
            return new String(head, StandardCharsets.ISO_8859_1).equals("HTTP/1.1 200");
        } catch (IOException notYet) {
            return false;
        }
    }
}
