package dev.caravan.app;

import java.util.List;

/** A start that failed, with lines that tell the user what to do. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient List<String> lines;

    private StartException(int status, List<String> lines, Throwable cause) {
        super(String.join("\n", lines), cause);
        this.status = status;
        this.lines = List.copyOf(lines);
    }

    /** Settings, arguments or files of the user's are wrong. */
    static StartException wrongInput(List<String> lines, Throwable cause) {
        return new StartException(CommandLine.WRONG_INPUT, lines, cause);
    }

    /** Anything else, such as a port in use. */
    static StartException failed(String line, Throwable cause) {
        return new StartException(CommandLine.FAILED, List.of(line), cause);
    }

    int status() {
        return status;
    }

    List<String> lines() {
        return lines;
    }
}
