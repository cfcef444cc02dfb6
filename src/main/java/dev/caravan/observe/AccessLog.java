package dev.caravan.observe;

import dev.caravan.chat.Usage;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line per request, {@code id=… door=http model=… status=200 in=12 out=34 attempts=1 ms=840}, and
 * behind it {@code first=120} for a streamed answer (ms to its first part), {@code code=…} for a failure, {@code file=…}
 * for one that came by a file, percent-encoded as in an address. What is not known is {@code -}. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
    /** Name of the logger, at INFO. */
    public static final String LOGGER = "caravan.access";

    private static final int MAX_VALUE = 256;
    /** A name of a file may take 255 bytes, its folders more, and each byte three characters. */
    private static final int MAX_FILE = 1024;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final Consumer<String> sink;
    private final Runnable atClose;

    /** Writes by the application's logging. */
    public AccessLog() {
        Logger logger = LoggerFactory.getLogger(LOGGER);
        this.sink = logger::info;
        this.atClose = () -> {};
    }

    /** @param sink takes each line, without its end */
    public AccessLog(Consumer<String> sink) {
        this.sink = sink;
        this.atClose = () -> {};
    }

    /** @param lines takes each line; closed with the log */
    public AccessLog(BatchedLines lines) {
        this.sink = lines;
        this.atClose = lines::close;
    }

    public void log(FinishedRequest request) {
        CallFacts call = request.call();
        Usage usage = call == null ? Usage.UNKNOWN : call.usage();
        StringBuilder line = new StringBuilder(160);
        line.append("id=").append(clean(request.id()));
        line.append(" door=").append(clean(request.door()));
        line.append(" model=").append(call == null ? "-" : clean(model(call)));
        line.append(" status=").append(request.status());
        line.append(" in=").append(count(usage.inputTokens()));
        line.append(" out=").append(count(usage.outputTokens()));
        line.append(" attempts=").append(call == null ? 0 : call.attempts());
        line.append(" ms=").append(request.total().toMillis());
        if (call != null && call.firstPart() != null) {
            line.append(" first=").append(call.firstPart().toMillis());
        }
        if (request.code() != null) {
            line.append(" code=").append(clean(request.code()));
        }
        if (request.file() != null) {
            line.append(" file=").append(escaped(request.file()));
        }
        if (call != null) {
            call.metadata()
                    .forEach((key, value) ->
                            line.append(" meta.").append(clean(key)).append('=').append(clean(value)));
        }
        sink.accept(line.toString());
    }

    /** Writes what still waits. */
    @Override
    public void close() {
        atClose.run();
    }

    private static String model(CallFacts call) {
        return call.unknownModel() == null ? call.model() : call.unknownModel();
    }

    private static String count(Long tokens) {
        return tokens == null ? "-" : tokens.toString();
    }

    /** One word of visible ASCII too, of which the true name can be made again: the others' bytes of UTF-8 as {@code %C3}. */
    private static String escaped(String name) {
        StringBuilder word = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > ' ' && b < 0x7f && b != '%';
            if (word.length() + (plain ? 1 : 3) > MAX_FILE) {
                break;
            }
            if (plain) {
                word.append((char) b);
            } else {
                word.append('%').append(HEX.toHexDigits(b));
            }
        }
        return word.length() == 0 ? "-" : word.toString();
    }

    /** One word of visible ASCII, so that no value can forge a field or a line. */
    private static String clean(String value) {
        if (value == null || value.isEmpty()) {
            return "-";
        }
        StringBuilder clean = new StringBuilder(Math.min(value.length(), MAX_VALUE));
        for (int i = 0; i < value.length() && i < MAX_VALUE; i++) {
            char c = value.charAt(i);
            clean.append(c > ' ' && c < 0x7f ? c : '_');
        }
        return clean.toString();
    }
}
