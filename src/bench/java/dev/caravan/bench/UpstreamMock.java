package dev.caravan.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers {@code POST /model/ID/invoke} as Bedrock answers for a Claude model, always with the same text, after a delay;
 * {@code POST /model/ID/invoke-with-response-stream} with a stream of parts.
 *
 * <p>{@code GET /count} tells how many calls were started, answered, and left by the caller before their answer, and how
 * many parts of streams were written, since the last {@code POST /set?delay=MS&status=N}, which sets the delay in ms and
 * the status (200, or an error of Bedrock). {@code &parts=N&pause=MS&text=N} after it sets the number of parts of a stream,
 * the pause between two, and the characters of each; without a pause they leave as fast as they are taken, several at once.
 * Everything runs on one event loop, so the fields need no lock.
 */
public final class UpstreamMock {
    private static final Pattern SETTINGS =
            Pattern.compile("POST /set\\?delay=(\\d+)&status=(\\d+)(?:&parts=(\\d+)&pause=(\\d+)&text=(\\d+))? .*");
    /** Parts in one write when there is no pause between them: about 5 KB. */
    private static final int RUN = 16;

    private static final String REPLY = """
            {"id":"msg_bdrk_bench","type":"message","role":"assistant","model":"claude-3-haiku-20240307",\
            "content":[{"type":"text","text":"The sky is blue because air scatters short waves more than long ones."}],\
            "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":20}}""";

    private final Vertx vertx;
    private int delay;
    private int status = 200;
    private long started;
    private long answered;
    private long left;
    private long parts;
    private int pause;
    private Buffer answer;
    private ClaudeStream stream = new ClaudeStream(20, 16, RUN);

    private UpstreamMock(Vertx vertx, int delay) {
        this.vertx = vertx;
        this.delay = delay;
        this.answer = answer();
    }

    /** Options: {@code --port} (0: any), {@code --delay} in ms. Prints the port. */
    public static void main(String[] args) {
        Options options = new Options(args);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        UpstreamMock mock = new UpstreamMock(vertx, options.number("delay", 0));
        NetServer server = vertx.createNetServer(
                new NetServerOptions().setHost("127.0.0.1").setTcpNoDelay(true).setAcceptBacklog(4096));
        vertx.runOnContext(start -> {
            vertx.setPeriodic(1000, tick -> mock.answer = mock.answer());
            server.connectHandler(mock::accept)
                    .listen(options.number("port", 0))
                    .onSuccess(open -> System.out.println(open.actualPort()))
                    .onFailure(e -> {
                        System.err.println("cannot listen: " + e.getMessage());
                        vertx.close();
                    });
        });
    }

    private void accept(NetSocket socket) {
        Call call = new Call(socket);
        socket.closeHandler(closed -> call.leave());
        socket.exceptionHandler(e -> socket.close());
        socket.handler(new MessageReader((startLine, head) -> {
            if (startLine.startsWith("POST /model/")) {
                call.start(startLine.contains("/invoke-with-response-stream "));
            } else {
                socket.write(control(startLine));
            }
        }));
    }

    private Buffer control(String startLine) {
        Matcher settings = SETTINGS.matcher(startLine);
        if (settings.matches()) {
            delay = Integer.parseInt(settings.group(1));
            status = Integer.parseInt(settings.group(2));
            started = 0;
            answered = 0;
            left = 0;
            parts = 0;
            answer = answer();
            if (settings.group(3) != null) {
                stream =
                        new ClaudeStream(Integer.parseInt(settings.group(3)), Integer.parseInt(settings.group(5)), RUN);
                pause = Integer.parseInt(settings.group(4));
            }
        } else if (!startLine.startsWith("GET /count ")) {
            return message("404 Not Found", "", "{\"message\":\"no such path\"}");
        }
        return message(
                "200 OK",
                "",
                "{\"started\":" + started + ",\"answered\":" + answered + ",\"left\":" + left + ",\"parts\":" + parts
                        + "}");
    }

    private Buffer answer() {
        return switch (status) {
            case 200 -> message("200 OK", tokenHeaders(), REPLY);
            case 429 -> failure("429 Too Many Requests", "ThrottlingException");
            case 503 -> failure("503 Service Unavailable", "ServiceUnavailableException");
            default -> failure("500 Internal Server Error", "InternalServerException");
        };
    }

    private static String tokenHeaders() {
        return "X-Amzn-Bedrock-Invocation-Latency: 1\r\n"
                + "X-Amzn-Bedrock-Input-Token-Count: 12\r\n"
                + "X-Amzn-Bedrock-Output-Token-Count: 20\r\n";
    }

    private static Buffer failure(String statusLine, String type) {
        return message(statusLine, "x-amzn-ErrorType: " + type + "\r\n", "{\"message\":\"told to fail\"}");
    }

    private static Buffer message(String statusLine, String headers, String body) {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        return Buffer.buffer("HTTP/1.1 " + statusLine + "\r\nDate: " + date + "\r\nContent-Type: application/json\r\n"
                + "x-amzn-RequestId: 0b1c2d3e-0000-4000-8000-00000000be4c\r\n" + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    /** The calls of one connection, one after the other. */
    private final class Call implements StreamAnswer.Progress {
        private static final long NONE = -1;
        private final NetSocket socket;
        private final StreamAnswer streamed;
        private long timer = NONE;

        Call(NetSocket socket) {
            this.socket = socket;
            this.streamed = new StreamAnswer(vertx, socket, this);
        }

        void start(boolean asStream) {
            started++;
            if (delay == 0) {
                finish(asStream);
            } else {
                timer = vertx.setTimer(delay, fired -> finish(asStream));
            }
        }

        private void finish(boolean asStream) {
            timer = NONE;
            if (asStream && status == 200) {
                streamed.begin(stream, pause);
            } else {
                answered();
                socket.write(answer);
            }
        }

        @Override
        public void parts(int count) {
            parts += count;
        }

        @Override
        public void answered() {
            answered++;
        }

        void leave() {
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
                left++;
            } else if (streamed.leave()) {
                left++;
            }
        }
    }
}
